"""Documentation and runbooks: each alarm leads a person to what to do."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from conformance.clause import clause
from conformance.expect import Expectation

if TYPE_CHECKING:
    from conformance.view import View

_ROOT: Final = Path(__file__).parents[2]
_PAGE: Final = "docs/runbooks.md"
_NAMED: Final = re.compile(rf"\. Runbook: {re.escape(_PAGE)}#([a-z-]+)$")
_TESTS: Final = ("tests/modules/test_runbook.py", "tests/runbooks")


@clause("8.2/4", *_TESTS)
@clause("10.3/4", *_TESTS, "tests/test_phases_page.py", "tests/test_links.py")
@clause("11.3/3", *_TESTS, "tests/runbooks/test_commands_of_pages.py", "tests/test_links.py")
def alarms_lead_to_runbooks(view: View) -> None:
    """Every alarm names a section of docs/runbooks.md, which leads on to the runbooks of docs/runbooks/."""
    for alarm in view.every("aws_cloudwatch_metric_alarm"):
        alarm.require("alarm_description", _names_a_section())


def _names_a_section() -> Expectation:
    """A text that ends with a section of the page that is there."""

    def holds(found: object) -> bool:
        named = _NAMED.search(str(found))
        return bool(named) and named[1] in _sections()

    return Expectation(f"must end with a section of {_PAGE}", holds)


@cache
def _sections() -> frozenset[str]:
    headings = re.findall(r"^## (.+)$", (_ROOT / _PAGE).read_text(encoding="utf-8"), flags=re.MULTILINE)
    return frozenset(heading.lower().replace(" ", "-") for heading in headings)
