"""CloudWatch's filter patterns, as far as this platform uses them: terms, regular expressions, a comparison in JSON.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

from __future__ import annotations

import json
import operator
import re
from typing import Any, Final

_NUMBERS: Final = {
    "=": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
_COMPARISON: Final = re.compile(r"\{ \$\.(\w+) (=|!=|>=|<=|>|<) (-?\d+(?:\.\d+)?|\"[^\"]*\") \}")
_REGEX: Final = re.compile(r"%(?P<expression>[^%]+)%")
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/regex-expressions.html: no parentheses, few symbols
_ALLOWED: Final = re.compile(r"[A-Za-z0-9:_#=@/;,^$?\[\]{}|\\*+.-]+")
_TERM: Final = re.compile(r'(?P<sign>[?-]?)(?:"(?P<quoted>[^"]+)"|(?P<word>\w+))')
_TERMS: Final = re.compile(rf"{_TERM.pattern}(?: [?-]?(?:\"[^\"]+\"|\w+))*")


def matches(pattern: str, line: str) -> bool:
    """Whether the pattern matches the line of a log.

    Raises:
        ValueError: CloudWatch Logs does not accept the pattern, or it has another form.
    """
    if regex := _REGEX.fullmatch(pattern):
        if not _ALLOWED.fullmatch(regex["expression"]):
            message = f"{pattern}: has a character that CloudWatch Logs does not allow in a regular expression"
            raise ValueError(message)
        return re.search(regex["expression"], line) is not None
    if _TERMS.fullmatch(pattern):
        return _has_terms(pattern, line)
    comparison = _COMPARISON.fullmatch(pattern)
    if comparison is None:
        message = f"{pattern}: is not a pattern that is evaluated here"
        raise ValueError(message)
    name, compare, expected = comparison.groups()
    value = _member(line, name)
    if expected.startswith('"'):
        return isinstance(value, str) and bool(_NUMBERS[compare](value, expected.strip('"')))
    return isinstance(value, int | float) and bool(_NUMBERS[compare](value, float(expected)))


def _has_terms(pattern: str, line: str) -> bool:
    found = [(term["sign"], (term["quoted"] or term["word"]) in line) for term in _TERM.finditer(pattern)]
    optional = [there for sign, there in found if sign == "?"]
    required = [there for sign, there in found if not sign]
    excluded = [there for sign, there in found if sign == "-"]
    # "?" has no effect beside terms that must be there.
    return all(required) and not any(excluded) and (any(optional) if optional and not required else True)


def _member(line: str, name: str) -> Any:
    try:
        document = json.loads(line)
    except ValueError:
        return None
    return document.get(name) if isinstance(document, dict) else None
