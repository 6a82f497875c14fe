"""Commands of containers: what starts a program, and what only looks as if it did."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from config.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HEALTH_COMMAND_FORMS: Final = ("CMD", "CMD-SHELL")
"""The first elements that ECS takes for the form of a health check: a program and its arguments, or one shell command.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
"""

_NO_HEALTH_CHECK: Final = "NONE"
"""Docker's word for no health check, which ECS does not have."""

_FORMS: Final = (*HEALTH_COMMAND_FORMS, _NO_HEALTH_CHECK)

_OF_A_SHELL: Final = re.compile(r"&&?|\|\|?|;|\d?(>>?|<)(&\d|/\S*)?|\$\w+|\$\{\w+\}")
"""What joins commands, redirects or is a variable in a shell, and is an argument like any other without one."""

_NO_SHELL: Final = (
    'is not given to a shell, so it would be an argument of the program; use a shell, like ["sh", "-c", "one && two"]'
)

_SHELLS: Final = frozenset({"sh", "ash", "bash", "dash"})


def check_health_command(health_command: Sequence[str]) -> Iterator[Problem]:
    """It starts a program, in AWS's own form or without it."""
    if not health_command:
        return
    form, *rest = health_command
    if form not in HEALTH_COMMAND_FORMS and form.upper() in HEALTH_COMMAND_FORMS:
        yield Problem(key="health_command[0]", value=form, allowed=f'must be "{form.upper()}", or a program')
    elif form.upper() == _NO_HEALTH_CHECK:
        yield Problem(
            key="health_command",
            value=tuple(health_command),
            allowed=f'"{_NO_HEALTH_CHECK}" is not a form of ECS; remove the line, then there is no health check',
        )
    elif form == "CMD-SHELL":
        yield from _check_shell_form(health_command)
    elif form == "CMD":
        if not rest:
            yield Problem(
                key="health_command",
                value=tuple(health_command),
                allowed='has no program after "CMD"; add it, like ["CMD", "node", "health.js"]',
            )
        yield from _check_program(rest, key="health_command", start=1)
    else:
        yield from _check_program(health_command, key="health_command")


def check_command(command: Sequence[str]) -> Iterator[Problem]:
    """It replaces the image's CMD, so its first word is a program, or an argument of the image's ENTRYPOINT."""
    if command and command[0] in _FORMS:
        yield Problem(
            key="command[0]",
            value=command[0],
            allowed='is a form of health checks, not a program; write the program alone, like ["node", "server.js"]',
        )
    yield from _check_words(command, key="command")


def _check_shell_form(health_command: Sequence[str]) -> Iterator[Problem]:
    if len(health_command) != 2 or not health_command[1].strip():  # noqa: PLR2004 (the form and its one text)
        yield Problem(
            key="health_command",
            value=tuple(health_command),
            allowed='must have exactly one text after "CMD-SHELL", the whole command, '
            'like ["CMD-SHELL", "curl -f http://localhost:8443/ || exit 1"]',
        )


def _check_program(words: Sequence[str], *, key: str, start: int = 0) -> Iterator[Problem]:
    """Nothing but these words starts the program of a health check, so the first one is its name."""
    if not words:
        return
    program = words[0]
    if program in _FORMS:
        yield Problem(key=f"{key}[{start}]", value=program, allowed="is a second form; remove one of them")
    elif program.strip() and len(program.split()) > 1:
        yield Problem(
            key=f"{key}[{start}]",
            value=program,
            allowed="would be the name of one program, spaces included; write each word apart, like "
            '["node", "health.js"], or put "CMD-SHELL" before it, then a shell runs it',
        )
    yield from _check_words(words, key=key, start=start)


def _check_words(words: Sequence[str], *, key: str, start: int = 0) -> Iterator[Problem]:
    if words and not words[0].strip():
        yield Problem(
            key=f"{key}[{start}]",
            value=words[0],
            allowed='must be the name of a program, like "node"; without a name nothing starts',
        )
    if len(words) > 1 and PurePosixPath(words[0]).name in _SHELLS and len(words[1].split()) > 1:
        yield Problem(
            key=f"{key}[{start + 1}]",
            value=words[1],
            allowed='would be the file of a script; put "-c" before it, then the shell runs the text',
        )
    for index, word in enumerate(words, start=start):
        if _OF_A_SHELL.fullmatch(word):
            yield Problem(key=f"{key}[{index}]", value=word, allowed=_NO_SHELL)
