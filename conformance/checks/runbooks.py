"""What a person does: the first aid that alarms lead to, and the pages of each environment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from conformance.clause import clause
from conformance.evidence import NotMet
from conformance.expect import mentions
from modules.runbook import PAGE, Runbook
from runbooks.catalogue import pages
from runbooks.names import Names

if TYPE_CHECKING:
    from conformance.view import View

_FOLDER: Final = Path(__file__).parents[2] / "docs" / "runbooks"
_TESTS: Final = ("tests/runbooks/test_pages.py", "tests/runbooks/test_commands_of_pages.py")
_ALARM: Final = "aws_cloudwatch_metric_alarm"
_COMMON: Final = {
    Runbook.SERVICE_ABSENCE: ("service", "service-down"),
    Runbook.SERVICE_ERRORS: ("service", "surge-of-5xx"),
    Runbook.SERVICE_LATENCY: ("service", "slow-api"),
    Runbook.DATABASE_ABSENCE: ("data", "database-down"),
    Runbook.DATABASE_STORAGE: ("data", "database-full"),
    Runbook.DATABASE_CONNECTIONS: ("data", "database-connections"),
    Runbook.DEAD_LETTERS: ("data", "rotate-secrets"),
    Runbook.CERTIFICATE_EXPIRY: ("domain", "certificate-does-not-validate"),
}
"""The scenarios that alarms find: the layer of these, and the page."""
_OTHERS: Final = ("restore-postgres", "restore-documentdb", "roll-back-a-deployment", "state-lost", "new-account")


@clause("8.2/4", *_TESTS, "tests/test_runbooks_page.py")
def common_scenarios(view: View) -> None:
    """An alarm of each scenario names its section of the first aid, which leads on to a page of the environment."""
    for runbook, (layer, id_) in _COMMON.items():
        view.some(_ALARM, {"alarm_description": mentions(f"Runbook: {PAGE}#{runbook.value}")}, layer=layer)
        _require(view, id_)
    for id_ in _OTHERS:
        _require(view, id_)


@clause("11.3/3", *_TESTS)
def procedures(view: View) -> None:
    """As 8.2/4, and each procedure that concerns the environment is rendered with its names."""
    common_scenarios(view)
    names = Names(view.environment, view.stacks)
    for page in pages():
        if page.is_for(names):
            _require(view, page.id)


@clause("10.3/4", "tests/test_links.py", "tests/test_phases_page.py", *_TESTS)
def documentation_and_runbooks(view: View) -> None:
    """As 11.3/3; the README leads to a page for each topic, the phases included."""
    procedures(view)


def _require(view: View, page: str) -> None:
    """A page of the environment must be there."""
    if not (_FOLDER / view.environment / f"{page}.md").is_file():
        message = f"docs/runbooks/{view.environment}/{page}.md is not there; `make runbooks` writes it"
        raise NotMet(message)
