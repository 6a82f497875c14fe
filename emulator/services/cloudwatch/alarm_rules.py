"""The rules of composite alarms, as far as it takes to refuse what CloudWatch refuses.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html (AlarmRule)
"""

from __future__ import annotations

import re
from typing import Final

_TOKEN: Final = re.compile(
    r"""\s*(?:(?P<state>ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"(?P<quoted>[^"]+)"|(?P<plain>[^\s()"]+))\s*\)"""
    r"""|(?P<word>AND|OR|NOT|TRUE|FALSE)\b|(?P<mark>[()]))"""
)


class InvalidRuleError(Exception):
    """The text is not a rule."""


def alarms_in(rule: str) -> list[str]:
    """The names or ARNs of the alarms in a rule.

    Raises:
        InvalidRuleError: It is not a valid rule.
    """
    tokens = [*_tokens(rule), "end"]
    position = _expression(tokens, 0)
    if tokens[position] != "end":
        raise InvalidRuleError(rule)
    return [match["quoted"] or match["plain"] for match in _TOKEN.finditer(rule) if match["state"]]


def _tokens(rule: str) -> list[str]:
    found, position = [], 0
    text = rule.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise InvalidRuleError(rule)
        found.append(
            "value" if match["state"] or match["word"] in {"TRUE", "FALSE"} else match["word"] or match["mark"]
        )
        position = match.end()
    return found


def _expression(tokens: list[str], position: int) -> int:
    position = _term(tokens, position)
    while tokens[position] in {"AND", "OR"}:
        position = _term(tokens, position + 1)
    return position


def _term(tokens: list[str], position: int) -> int:
    match tokens[position]:
        case "value":
            return position + 1
        case "NOT":
            return _term(tokens, position + 1)
        case "(":
            position = _expression(tokens, position + 1)
            if tokens[position] == ")":
                return position + 1
    raise InvalidRuleError
