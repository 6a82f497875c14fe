"""Strings of Terraform JSON, which are templates, and the same strings in HCL.

A string of JSON is parsed as a template (`a-${var.b}`) that has no escapes but `$${` and `%%{`:
https://developer.hashicorp.com/terraform/language/syntax/json#expression-mapping
In HCL a quoted string has escapes as well: https://developer.hashicorp.com/terraform/language/expressions/strings
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ESCAPED: Final = re.compile(r"[\x00-\x1f\x7f\\\"]")
_SEQUENCE: Final = re.compile(r"([$%])\{")
_LINES: Final = re.compile(r"[^\n]*\n|[^\n]+")
_HEREDOC: Final = re.compile(r"<<-?([^\W\d][\w-]*)\r?\n")
_COMMENT: Final = re.compile(r"(?:#|//)[^\n]*|/\*.*?\*/", re.DOTALL)
_PAIRS: Final = {"{": "}", "(": ")", "[": "]"}


class TemplateError(ValueError):
    """A string is not a valid template: something in it is not closed."""


@dataclass(frozen=True)
class Part:
    """Some text, or a sequence: what is between `${` or `%{` and its brace."""

    text: str
    marker: str = ""
    """`$` or `%` for a sequence, empty for text."""


def parse(template: str) -> list[Part]:
    """The parts of a template as Terraform reads it, text without escapes.

    Raises:
        TemplateError: A sequence is not closed.
    """
    parts, end = _parse(template, 0, quoted=False)
    assert end == len(template)  # noqa: S101 - only a quote ends earlier
    return parts


def only_expression(parts: list[Part]) -> str | None:
    """The expression of a template that is nothing but one; its value then has any type."""
    if len(parts) == 1 and parts[0].marker == "$" and not _trims(parts[0].text):
        return parts[0].text.strip()
    return None


def joined(parts: Iterable[Part]) -> list[Part]:
    """The parts with texts that follow each other as one."""
    found: list[Part] = []
    for part in parts:
        if found and not (part.marker or found[-1].marker):
            found[-1] = Part(found[-1].text + part.text)
        else:
            found.append(part)
    return found


def quote(parts: list[Part]) -> str:
    """A template as a quoted string of HCL; no two texts may follow each other."""
    written = []
    for index, part in enumerate(parts):
        if part.marker:
            written.append(f"{part.marker}{{{part.text}}}")
        else:
            after, before = parts[index + 1 :], parts[:index]
            pieces = _trimmed_alone(part.text, left=before[-1:], right=after[:1])
            text = '${""}'.join(map(_escape, pieces))
            written.append(_before(after, text))
    return f'"{"".join(written)}"'


def _trimmed_alone(text: str, *, left: list[Part], right: list[Part]) -> list[str]:
    """Split off what a `~` beside the text may trim: one line in a template of JSON, everything in a quoted string."""
    lines = _LINES.findall(text) if "\n" in text else [text]
    first = lines[:1] if left and left[0].text.endswith("~") else []
    last = lines[-1:] if right and right[0].text.startswith("~") and len(lines) > len(first) else []
    middle = "".join(lines[len(first) : len(lines) - len(last)])
    return [piece for piece in ("".join(first), middle, "".join(last)) if piece]


def literal(text: str) -> str:
    """A text as a quoted string of HCL in which nothing is evaluated."""
    return quote([Part(text)])


def rewrite(expression: str, change: Callable[[str], str]) -> str:
    """An expression in which `change` was applied to all code: to neither texts in quotes nor comments."""
    return "".join(change(code) if is_code else code for code, is_code in _tokens(expression))


def unparse(parts: list[Part]) -> str:
    """A template of JSON again; no two texts may follow each other."""
    return "".join(
        f"{part.marker}{{{part.text}}}" if part.marker else _before(parts[index + 1 :], _double(part.text))
        for index, part in enumerate(parts)
    )


def _before(following: list[Part], text: str) -> str:
    """Text before a sequence: a sign at its end would make an escape of the sequence."""
    if following and text.endswith(following[0].marker):
        return f'{text[:-1]}${{"{text[-1]}"}}'
    return text


def _trims(code: str) -> bool:
    return code.startswith("~") or code.endswith("~")


def _double(text: str) -> str:
    return _SEQUENCE.sub(r"\1\1{", text)


def _escape(text: str) -> str:
    # A half of a surrogate pair is not a character; Go reads it as U+FFFD, too.
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _double(_ESCAPED.sub(lambda found: _ESCAPES.get(found[0]) or f"\\u{ord(found[0]):04x}", whole))


def _parse(text: str, at: int, *, quoted: bool) -> tuple[list[Part], int]:
    """Parts from a position on, up to the end or the closing quote; in quotes, texts keep their escapes."""
    parts: list[Part] = []
    plain: list[str] = []
    while at < len(text):
        character = text[at]
        if quoted and character == '"':
            break
        if quoted and character == "\\":
            plain.append(text[at : at + 2])
            at += 2
        elif character in "$%" and text[at + 1 : at + 3] == f"{character}{{":
            plain.append(text[at : at + 3] if quoted else f"{character}{{")
            at += 3
        elif character in "$%" and text[at + 1 : at + 2] == "{":
            if plain:
                parts.append(Part("".join(plain)))
                plain = []
            end = _end_of_code(text, at + 2)
            parts.append(Part(text[at + 2 : end], character))
            at = end + 1
        else:
            plain.append(character)
            at += 1
    if plain:
        parts.append(Part("".join(plain)))
    return parts, at


def _end_of_code(text: str, start: int) -> int:
    """Where the brace is that closes a sequence."""
    at = start
    for piece, is_code, depth in _walk(text, start):
        if is_code and piece == "}" and depth == 0:
            return at
        at += len(piece)
    message = f"a sequence is not closed: {text[max(start - 2, 0) : start + 30]!r}"
    raise TemplateError(message)


def _walk(text: str, start: int) -> Iterator[tuple[str, bool, int]]:
    """Single characters of code, and whole quoted texts, heredocs and comments; with the depth of brackets before."""
    depth, at = 0, start
    while at < len(text):
        if text[at] == '"':
            _, end = _parse(text, at + 1, quoted=True)
            if end >= len(text):
                message = f"a quote is not closed: {text[at : at + 30]!r}"
                raise TemplateError(message)
            yield text[at : end + 1], False, depth
            at = end + 1
        elif found := _HEREDOC.match(text, at):
            closing = re.compile(rf"^[ \t]*{re.escape(found[1])}[ \t]*$", re.MULTILINE).search(text, found.end())
            if closing is None:
                message = f"a heredoc is not closed: {text[at : at + 30]!r}"
                raise TemplateError(message)
            yield text[at : closing.end()], False, depth
            at = closing.end()
        elif found := _COMMENT.match(text, at):
            yield found[0], False, depth
            at = found.end()
        else:
            yield text[at], True, depth
            depth += (text[at] in _PAIRS) - (text[at] in _PAIRS.values())
            at += 1


def _tokens(expression: str) -> Iterator[tuple[str, bool]]:
    """Runs of code, and what is not code; the sequences in a quoted text are code again."""
    code = ""
    for token, is_code, _ in _walk(expression, 0):
        if is_code:
            code += token
            continue
        if code:
            yield code, True
            code = ""
        if token.startswith(('"', "<<")):
            yield from _inside(token)
        else:
            yield token, False
    if code:
        yield code, True


def _inside(token: str) -> Iterator[tuple[str, bool]]:
    opening = '"' if token.startswith('"') else token[: token.index("\n") + 1]
    parts, end = _parse(token, len(opening), quoted=token.startswith('"'))
    yield opening, False
    for part in parts:
        if part.marker:
            yield f"{part.marker}{{", False
            yield from _tokens(part.text)
            yield "}", False
        else:
            yield part.text, False
    yield token[end:], False
