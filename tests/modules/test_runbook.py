"""The runbook of every alarm has a section with steps to follow."""

from __future__ import annotations

import re

import pytest

from main import ROOT
from modules.runbook import PAGE, Runbook


def sections() -> dict[str, str]:
    """The text of each section of the page, by the anchor that Markdown gives its title."""
    parts = re.split(r"^## (.+)$", (ROOT / PAGE).read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {title.lower().replace(" ", "-"): text for title, text in zip(parts[::2], parts[1::2], strict=True)}


def test_the_list_and_the_page_have_the_same_runbooks() -> None:
    assert set(sections()) == {runbook.value for runbook in Runbook}, (
        f"each member of modules/runbook.py needs a section in {PAGE} whose title is its key, and the other way round"
    )


@pytest.mark.parametrize("runbook", Runbook, ids=str)
def test_a_runbook_begins_with_three_commands(runbook: Runbook) -> None:
    """Commands that repair what these show may follow."""
    commands, *_ = re.findall(r"```sh\n(.+?)```", sections()[runbook.value], flags=re.DOTALL)
    assert len(commands.splitlines()) == 3
    assert all(line.startswith(("aws ", "make ")) for line in commands.splitlines())


def test_a_link_points_to_the_section() -> None:
    assert Runbook.SIGN_INS.link == "docs/runbooks.md#sign-ins"
