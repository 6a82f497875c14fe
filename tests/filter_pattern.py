"""CloudWatch's filter patterns, as far as this platform uses them: quoted phrases, and one comparison in JSON.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

from __future__ import annotations

import json
import operator
import re
from typing import Any

_NUMBERS = {
    "=": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
_COMPARISON = re.compile(r"\{ \$\.(\w+) (=|!=|>=|<=|>|<) (-?\d+(?:\.\d+)?|\"[^\"]*\") \}")
_PHRASES = re.compile(r'"[^"]+"(?: "[^"]+")*')


def matches(pattern: str, line: str) -> bool:
    """Whether the pattern matches the line of a log.

    Raises:
        ValueError: The pattern has another form.
    """
    if _PHRASES.fullmatch(pattern):
        return all(phrase in line for phrase in re.findall(r'"([^"]+)"', pattern))
    comparison = _COMPARISON.fullmatch(pattern)
    if comparison is None:
        message = f"{pattern}: is not a pattern that is evaluated here"
        raise ValueError(message)
    name, compare, expected = comparison.groups()
    value = _member(line, name)
    if expected.startswith('"'):
        return isinstance(value, str) and bool(_NUMBERS[compare](value, expected.strip('"')))
    return isinstance(value, int | float) and bool(_NUMBERS[compare](value, float(expected)))


def _member(line: str, name: str) -> Any:
    try:
        document = json.loads(line)
    except ValueError:
        return None
    return document.get(name) if isinstance(document, dict) else None
