"""The simple commands in the `sh` blocks of a page: those in pipes, lists, loops and `$(..)` too; nothing is run."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import Final

_BLOCK: Final = re.compile(r"^(?P<indent> *)```sh\n(?P<text>.+?)^ *```$", flags=re.DOTALL | re.MULTILINE)
_ARITHMETIC: Final = re.compile(r"\$\(\([^`]*?\)\)")
_SEPARATORS: Final = ("&&", "||", ";", "|", "&", "\n")
_WORDS_OF_THE_SHELL: Final = {"do", "done", "then", "else", "fi", "if", "while", "!", "{", "}"}
_VARIABLE: Final = re.compile(r"\$\{(\w+)[^}]*\}|\$(\w+)")
_ASSIGNMENT: Final = re.compile(r"[A-Za-z_]\w*=")
_REDIRECTION: Final = re.compile(r"(\d?>>?|<)(?P<file>.*)")
_HERE: Final = "<<<"
_DOCUMENT: Final = re.compile(r"<<'(?P<end>[A-Z]+)'$.*?^ *(?P=end)$", flags=re.DOTALL | re.MULTILINE)
"""The text of a file, `<<'END'`, in which nothing is a command."""


@dataclass(frozen=True)
class Command:
    """A command as its program gets it; a variable, and what another command prints, stands there by its name."""

    words: tuple[str, ...]
    variables: tuple[str, ...] = ()
    """What is set by it, such as `ENV` in `ENV=prod make plan`, or by a line of its own."""
    given: str = ""
    """The text after `<<<`."""

    @property
    def program(self) -> str:
        """Its first word, empty for an assignment."""
        return self.words[0] if self.words else ""

    def __str__(self) -> str:
        return " ".join(map(shlex.quote, self.words))


class ShellError(Exception):
    """A block is not what a shell could read."""


def blocks(page: str) -> list[str]:
    """The text of each `sh` block."""
    return [match["text"] for match in _BLOCK.finditer(page)]


def commands(page: str) -> list[Command]:
    """Every command of a page.

    Raises:
        ShellError: A quote or a parenthesis is not closed.
    """
    return [command for block in blocks(page) for command in commands_of(block)]


def commands_of(block: str) -> list[Command]:
    """Every command of a block."""
    found: list[Command] = []
    joined = _DOCUMENT.sub("", block).replace("\\\n", " ").replace("\\`", "`")
    text, inner = _without_substitutions(_ARITHMETIC.sub("1", joined))
    for part in inner:
        found += commands_of(part)
    for line in _split(text):
        command = _command(line)
        if command.words or command.variables:
            found.append(command)
    return found


def _without_substitutions(text: str) -> tuple[str, list[str]]:
    """The text with `OUTPUT` for each `$(..)`, and what was in them."""
    kept, inner, place = "", [], 0
    while place < len(text):
        if text.startswith("$(", place) and not _in_single_quotes(kept):
            end = _closing(text, place + 2)
            inner.append(text[place + 2 : end])
            kept += "OUTPUT"
            place = end + 1
        else:
            kept += text[place]
            place += 1
    return kept, inner


def _in_single_quotes(text: str) -> bool:
    return _quote(text.rpartition("\n")[2]) == "'"


def _quote(text: str) -> str:
    """The quote that is open at the end of a text."""
    quote = ""
    for letter in text:
        if letter in "'\"" and quote in {"", letter}:
            quote = "" if quote else letter
    return quote


def _closing(text: str, start: int) -> int:
    depth, place = 1, start
    while place < len(text):
        inside = _quote(text[start:place])
        depth += 0 if inside else {"(": 1, ")": -1}.get(text[place], 0)
        if depth == 0:
            return place
        place += 1
    message = f"a parenthesis is not closed: {text[start : start + 60]}"
    raise ShellError(message)


def _split(text: str) -> list[str]:
    """The parts between the separators that are in no quotes, without comments."""
    parts, part, quote, place = [], "", "", 0
    while place < len(text):
        letter = text[place]
        separator = "" if quote else next((one for one in _SEPARATORS if text.startswith(one, place)), "")
        if not quote and letter == "#" and (not part or part[-1].isspace()):
            end = text.find("\n", place)
            place = len(text) if end < 0 else end
        elif separator and not (separator == "&" and part.endswith(">")):
            parts.append(part)
            part = ""
            place += len(separator)
        else:
            if letter in "'\"" and quote in {"", letter}:
                quote = "" if quote else letter
            part += letter
            place += 1
    if quote:
        message = f"a quote is not closed: {text[:60]}"
        raise ShellError(message)
    return [*parts, part]


def _command(line: str) -> Command:
    words = [_VARIABLE.sub(lambda match: match[1] or match[2], word) for word in shlex.split(line)]
    while words and words[0] in _WORDS_OF_THE_SHELL:
        words = words[1:]
    if words[:1] == ["for"]:
        return Command((), variables=(words[1],))
    given = ""
    if _HERE in words:
        place = words.index(_HERE)
        given, words = words[place + 1], words[:place] + words[place + 2 :]
    variables = []
    while words and _ASSIGNMENT.match(words[0]):
        variables.append(words.pop(0).partition("=")[0])
    return Command(tuple(_without_redirections(words)), tuple(variables), given)


def _without_redirections(words: list[str]) -> list[str]:
    kept: list[str] = []
    for place, word in enumerate(words):
        match = _REDIRECTION.fullmatch(word)
        after = place and (before := _REDIRECTION.fullmatch(words[place - 1])) and not before["file"]
        if not match and not after:
            kept.append(word)
    return kept
