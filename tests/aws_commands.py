"""Commands of the AWS CLI in the documentation, compared with what AWS accepts; no call is made."""

from __future__ import annotations

import json
import re
import shlex
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from botocore import xform_name
from botocore.exceptions import UnknownServiceError
from botocore.session import get_session
from botocore.validate import ParamValidator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.model import Shape

_INPUT: Final = "cli-input-json"
_GLOBAL: Final = {"cli-binary-format", _INPUT, "output", "query", "region"}
_OF_PAGES: Final = {"max-items", "page-size", "starting-token"}
_SERVICES: Final = {"deploy": "codedeploy", "s3api": "s3"}
_S3_COPY: Final = {"cache-control", "exclude", "include", "recursive", "source-region"}
# Commands of the CLI that are more than one call: https://docs.aws.amazon.com/cli/latest/reference/s3/,
# https://docs.aws.amazon.com/cli/latest/reference/logs/tail.html
_OF_THE_CLI: Final = {
    ("logs", "tail"): {"filter-pattern", "follow", "format", "since"},
    ("s3", "cp"): _S3_COPY,
    ("s3", "ls"): {"recursive", "summarize"},
    ("s3", "rm"): {"recursive"},
    ("s3", "sync"): _S3_COPY - {"recursive"},
}
_BLOCK: Final = re.compile(r"^ *```sh\n(.+?)^ *```", flags=re.DOTALL | re.MULTILINE)
_NESTED: Final = re.compile(r"\$\((aws .+?)\)(?=\"|$|\s)")
_REPLACED: Final = re.compile(r"[A-Z_]+")


class CommandError(Exception):
    """The AWS CLI, or AWS itself, would refuse a command."""


def commands(page: str) -> list[str]:
    """The commands of the AWS CLI in the blocks of a page, also those within others."""
    found = []
    for block in _BLOCK.findall(page):
        for line in block.replace("\\\n", " ").splitlines():
            command = line.strip()
            found += [command] if command.startswith("aws ") else []
            found += _NESTED.findall(command)
    return found


def policies(page: str) -> list[dict[str, Any]]:
    """The policies in the commands of a page."""
    options = [_split(command)[1] for command in commands(page)]
    return [json.loads(words[0]) for one in options for name, words in one.items() if name.endswith("policy-document")]


def check(command: str) -> None:
    """Compare a command with the model of its operation, or the options of a command that only the CLI has.

    Raises:
        CommandError: There is no such operation or option, a value is not valid, or a required one is missing.
    """
    names, given = _split(command)
    service, operation, *rest = names
    options = {name: words for name, words in given.items() if name not in _GLOBAL}
    if (service, operation) in _OF_THE_CLI:
        _require_known(options, _OF_THE_CLI[service, operation], command)
        return
    operation = _waited(service, rest[0]) if operation == "wait" else _operation(service, operation)
    model = _model(service).operation_model(operation)
    if get_session().get_paginator_model(_SERVICES.get(service, service))._paginator_config.get(operation):  # noqa: SLF001
        options = {name: words for name, words in options.items() if name not in _OF_PAGES}
    members = {xform_name(name, "-"): name for name in model.input_shape.members} if model.input_shape else {}
    arguments = {}
    for name, words in options.items():
        is_off = name not in members and name.startswith("no-")
        member = members.get(name.removeprefix("no-") if is_off else name)
        if member is None:
            message = f"--{name} is not an option of {model.name}; there are {sorted(members)}"
            raise CommandError(message)
        arguments[member] = _value(words, model.input_shape.members[member]) if words else not is_off
    if _INPUT in given:  # the rest of the arguments is in a file, or comes through a pipe
        return
    report = ParamValidator().validate(arguments, model.input_shape) if members else None
    if report and report.has_errors():
        raise CommandError(report.generate_report())


def _split(command: str) -> tuple[list[str], dict[str, list[str]]]:
    """The names of a command with its positional arguments, and the words of each option."""
    words = shlex.split(command.partition(" > ")[0], comments=True)
    names: list[str] = []
    options: dict[str, list[str]] = {}
    latest = names
    for word in words[1:]:
        if word.startswith("--"):
            latest = options.setdefault(word.removeprefix("--"), [])
        else:
            latest.append(word)
    return names, options


def _require_known(options: dict[str, list[str]], known: set[str], command: str) -> None:
    if unknown := set(options) - known:
        message = f"{sorted(unknown)} are not options of: {command}"
        raise CommandError(message)


@cache
def _model(service: str) -> Any:
    try:
        return get_session().get_service_model(_SERVICES.get(service, service))
    except UnknownServiceError as error:
        raise CommandError(str(error)) from error


def _operation(service: str, operation: str) -> str:
    names = {xform_name(name, "-"): name for name in _model(service).operation_names}
    if operation not in names:
        message = f"{operation} is not an operation of {service}"
        raise CommandError(message)
    return str(names[operation])


def _waited(service: str, waiter: str) -> str:
    """The operation that a waiter repeats."""
    model = get_session().get_waiter_model(_SERVICES.get(service, service))
    names = {xform_name(name, "-"): name for name in model.waiter_names}
    if waiter not in names:
        message = f"{service} cannot wait for {waiter}; it can for {sorted(names)}"
        raise CommandError(message)
    return str(model.get_waiter(names[waiter]).operation)


def _value(words: list[str], shape: Shape) -> Any:
    """What the AWS CLI makes of the words of an option: JSON, its shorthand, or text.

    https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-shorthand.html
    """
    first, kind = words[0], shape.type_name
    if kind == "list":
        of_texts = shape.member.type_name != "structure"
        found: Any = words if of_texts else [_structure(word, shape.member) for word in words if "=" in word]
    elif kind == "structure":
        found = _structure(first, shape) if "=" in first else {}
    elif kind == "map":
        found = dict(part.split("=", 1) for part in first.split(",") if "=" in part)
    else:
        return _scalar(first, shape)
    return json.loads(first) if first.startswith(("{", "[")) else found


def _structure(word: str, shape: Shape) -> dict[str, Any]:
    """Read `key=value,key=value`; a value without a key continues the list before it."""
    members: dict[str, list[str]] = {}
    latest = ""
    for part in word.split(","):
        key, sign, text = part.partition("=")
        latest = key if sign else latest
        members.setdefault(latest, []).append(text if sign else key)
    return {key: _member(key, words, shape) for key, words in members.items()}


def _member(key: str, words: list[str], shape: Shape) -> Any:
    if key not in shape.members:
        message = f"{key} is not a member of {shape.name}; there are {sorted(shape.members)}"
        raise CommandError(message)
    member = shape.members[key]
    return words if member.type_name == "list" else _scalar(",".join(words), member)


def _scalar(word: str, shape: Shape) -> Any:
    kind = shape.type_name
    if kind in {"integer", "long"}:
        return int(word)
    if kind == "boolean":
        return word == "true"
    if kind == "timestamp":
        return "2026-01-01T00:00:00Z"
    # What a reader replaces may be shorter than what it stands for.
    return word.ljust(shape.metadata.get("min", 0), "_") if _REPLACED.fullmatch(word) else word


def sections(page: str) -> Iterator[tuple[str, str]]:
    """Each section of a page: its title and its text."""
    parts = re.split(r"^## (.+)$", page, flags=re.MULTILINE)[1:]
    yield from zip(parts[::2], parts[1::2], strict=True)
