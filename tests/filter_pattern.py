"""Whether a filter pattern of CloudWatch Logs matches a line: those kinds of patterns that this platform has.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

from __future__ import annotations

import re
from typing import Final

_REGEX: Final = re.compile(r"%(?P<expression>[^%]+)%")
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/regex-expressions.html: no parentheses, few symbols
_ALLOWED: Final = re.compile(r"[A-Za-z0-9:_#=@/;,^$?\[\]{}|\\*+.-]+")
_TERM: Final = re.compile(r'(?P<sign>[?-]?)(?:"(?P<quoted>[^"]*)"|(?P<word>\w+))')


def matches(pattern: str, line: str) -> bool:
    """Whether the pattern, a regular expression or terms, matches.

    Raises:
        ValueError: CloudWatch Logs does not accept the pattern, or it is of another kind.
    """
    if regex := _REGEX.fullmatch(pattern):
        if not _ALLOWED.fullmatch(regex["expression"]):
            message = f"{pattern}: has a character that CloudWatch Logs does not allow in a regular expression"
            raise ValueError(message)
        return re.search(regex["expression"], line) is not None
    terms = [_TERM.fullmatch(term) for term in re.findall(r'[?-]?"[^"]*"|\S+', pattern)]
    if not terms or None in terms:
        message = f"{pattern}: is neither a regular expression nor a list of terms"
        raise ValueError(message)
    found = [(term["sign"], (term["quoted"] or term["word"]) in line) for term in terms if term]
    optional = [there for sign, there in found if sign == "?"]
    required = [there for sign, there in found if not sign]
    excluded = [there for sign, there in found if sign == "-"]
    # "?" has no effect beside terms that must be there.
    return all(required) and not any(excluded) and (any(optional) if optional and not required else True)
