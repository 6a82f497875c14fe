"""How bad a finding is.

Checkov says that only with an account of its service, so all its checks count as medium.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from compliance.checkov.never_excepted import NEVER_EXCEPTED_CHECKS
from compliance.exceptions import is_check
from compliance.never_excepted import NEVER_EXCEPTED


@dataclass(frozen=True)
class Severity:
    """A severity in the terms of SARIF and of GitHub's code scanning."""

    level: str
    """`error` or `warning`."""
    score: float
    """0.1 to 10; above 9 is critical, from 7 on high, from 4 on medium:
    https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support#reportingdescriptor-object"""


_NEVER: Final = Severity("error", 9.5)
_RULE: Final = Severity("error", 7.5)
_CHECK: Final = Severity("warning", 5.5)


def severity(rule: str) -> Severity:
    """The severity of all findings of a rule or check."""
    if rule in NEVER_EXCEPTED | NEVER_EXCEPTED_CHECKS:
        return _NEVER
    return _CHECK if is_check(rule) else _RULE
