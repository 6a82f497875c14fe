"""Filter patterns of CloudWatch Logs: the three forms, each as far as the service refuses what is wrong with it.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

from __future__ import annotations

import re
from typing import Annotated, Final

from pydantic import AfterValidator, WithJsonSchema

_LONGEST: Final = 1024
"""https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html"""

_REGEX: Final = r"%[A-Za-z0-9:_#=@/;,^$?\[\]{}|\\*+.-]+%"
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/regex-expressions.html"""

_QUOTED: Final = r'"(?:[^"\\]|\\.)*"'
_TERM: Final = re.compile(rf"[?-]?(?:{_QUOTED}|{_REGEX}|\w+)")
_PAIRS: Final = {"{": "}", "[": "]", "(": ")"}


def _filter_pattern(value: str) -> str:
    if message := _problem(value):
        raise ValueError(message)
    return value


def _problem(value: str) -> str | None:
    text = value.strip()
    if not text or len(value) > _LONGEST:
        return f"is not a valid filter pattern; it must have 1 to {_LONGEST} characters"
    if text.startswith("%") and not _TERM.match(text):
        return (
            "is not a valid regular expression of CloudWatch Logs; between the two % it can have letters, digits, "
            r"_ : # = @ / ; , - and the operators ^ $ ? [ ] { } | \ * + . but no space, quote or parenthesis"
        )
    if text[0] in "{[":
        return _problem_of_fields(text)
    rest = text
    while rest:
        found = _TERM.match(rest)
        if not found or (rest[found.end() :] and not rest[found.end()].isspace()):
            word = rest.split()[0]
            return (
                f"is not a valid filter pattern: {word} has other characters than letters, digits and _, or a quote "
                """without its end; put it in double quotes, like '"[error]"' in single ones"""
            )
        rest = rest[found.end() :].lstrip()
    return None


def _problem_of_fields(text: str) -> str | None:
    """A pattern of JSON in braces, or of columns in brackets: both end where they begin to."""
    plain = re.sub(rf"{_QUOTED}|{_REGEX}", "x", text)
    if '"' in plain:
        return "is not a valid filter pattern: it has a quote without its end"
    open_: list[str] = []
    for index, character in enumerate(plain):
        if index and not open_:
            return f"is not a valid filter pattern: it has text after the {_PAIRS[plain[0]]} that ends it"
        if character in _PAIRS:
            open_.append(_PAIRS[character])
        elif character in _PAIRS.values() and (not open_ or open_.pop() != character):
            return f"is not a valid filter pattern: it has a {character} that nothing opens"
    if open_:
        return f"is not a valid filter pattern: it has no {open_[-1]} at its end"
    if plain[0] == "{" and "$" not in plain:
        return "is not a valid filter pattern: in braces it needs a field that begins with $, like '{ $.level = 30 }'"
    return None


FilterPattern = Annotated[
    str, AfterValidator(_filter_pattern), WithJsonSchema({"type": "string", "maxLength": _LONGEST})
]
"""A pattern by which CloudWatch Logs finds lines of a log."""
