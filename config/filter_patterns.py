"""Filter patterns of CloudWatch Logs: what AWS refuses only when the filter is made.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

import re
from typing import Final

_REGEX: Final = r"%[A-Za-z0-9:_#=@/;,^$?\[\]{}|\\*+.-]+%"
_QUOTED: Final = r'"(?:[^"\\]|\\.)+"'
_TERM: Final = rf"[?-]?(?:{_QUOTED}|{_REGEX}|\w+)"
_TERMS: Final = re.compile(rf"{_TERM}(?:\s+{_TERM})*")
_STRING: Final = re.compile(rf"{_QUOTED}|{_REGEX}")
_SELECTOR: Final = re.compile(r"\$(\.|\[)")
_PAIRS: Final = {"{": "}", "[": "]"}


def problem_of(pattern: str) -> str | None:
    """Why CloudWatch Logs does not accept a pattern; None if nothing is known against it."""
    text = pattern.strip()
    if text.startswith("%") and not _TERMS.fullmatch(text):
        return (
            "is not a valid regular expression of CloudWatch Logs; between the two % it can have letters, digits, "
            r"_ : # = @ / ; , - and the operators ^ $ ? [ ] { } | \ * + . but no space, quote or parenthesis"
        )
    if text[:1] in _PAIRS:
        return _bracket_problem(text)
    if not _TERMS.fullmatch(text):
        return (
            "is not a valid filter pattern; write a term with other characters than letters, digits and _ in double "
            """quotes, like '?"[error]" ?FATAL', or a comparison of JSON, like '{ $.level = "error" }'"""
        )
    return None


def _bracket_problem(text: str) -> str | None:
    """Why AWS refuses a pattern of JSON, or of columns: it must end with its bracket, and balance what is inside."""
    closing = _PAIRS[text[0]]
    bare = _STRING.sub("", text)
    if not bare.endswith(closing) or '"' in bare or bare.count("(") != bare.count(")"):
        return (
            f'is not a valid filter pattern; it begins with "{text[0]}", so it must end with "{closing}", and each '
            "quote and parenthesis in it must be closed"
        )
    if text[0] == "{" and not _SELECTOR.search(bare):
        return "is not a valid filter pattern; in braces it must compare a property, like '{ $.level = \"error\" }'"
    return None
