"""docs/conformance.md is what the synthesized JSON gives: `make snapshot` writes it, and so does `make conformance`."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final

import pytest

from conformance.clause import ALL, sections
from conformance.page import account, page
from conformance.report import results
from main import ROOT
from synthesis.manifest import Stack, read_stacks

if TYPE_CHECKING:
    from pathlib import Path

PAGE: Final = ROOT / "docs" / "conformance.md"


@pytest.fixture(scope="module")
def emitted(output: Path) -> dict[str, Stack]:
    """What was synthesized of the environments of the design."""
    return read_stacks(output)


def test_the_page_is_that_of_the_synthesized_json(emitted: dict[str, Stack]) -> None:
    wanted = page(emitted)
    if os.environ.get("UPDATE_SNAPSHOTS"):
        PAGE.write_text(wanted, encoding="utf-8")
    text = PAGE.read_text(encoding="utf-8")
    if all(f"{environment} {account(emitted, environment)}" in text for environment in ALL):
        assert text == wanted, "docs/conformance.md differs; run 'make snapshot' and read the diff"
    # Else `make conformance` wrote it of a user's own accounts.


def test_the_page_has_each_clause_once() -> None:
    text = PAGE.read_text(encoding="utf-8")
    ids = re.findall(r"^\| (\d[\d.]*/\d+) \|", text, flags=re.MULTILINE)
    assert ids == [id_ for section in sections() for id_ in section.ids]


def test_each_section_of_the_summary_leads_to_its_table() -> None:
    text = PAGE.read_text(encoding="utf-8")
    headings = re.findall(r"^## (\d.*)$", text, flags=re.MULTILINE)
    anchors = [
        "".join(one for one in heading.lower().replace(" ", "-") if one.isalnum() or one in "-_")
        for heading in headings
    ]
    summary = text.partition("## All clauses")[2]
    links = re.findall(r"\]\(#([^)]*)\)", text)
    assert re.findall(r"\]\(#([^)]*)\)", summary) == anchors
    assert set(links) == set(anchors)


def test_the_differences_come_first_and_those_of_prod_before_the_others(emitted: dict[str, Stack]) -> None:
    head = PAGE.read_text(encoding="utf-8").partition("## All clauses")[0]
    rows = re.findall(r"^\| (all|(?:dev|staging|prod)(?:, (?:staging|prod))*) \| (.*) \|$", head, flags=re.MULTILINE)
    has_prod = [place == "all" or "prod" in place for place, _ in rows]
    assert has_prod == sorted(has_prod, reverse=True)
    listed = {id_ for _, text in rows for id_ in re.findall(r"\[(\d[\d.]*/\d+)\]", text)}
    every = [one for _, ones in results(emitted, ALL) for one in ones]
    assert listed == {one.id for one in every if one.differences}


def test_the_page_is_the_same_each_time(emitted: dict[str, Stack]) -> None:
    assert page(emitted) == page(dict(reversed(emitted.items())))


def test_the_page_says_what_is_not_met(emitted: dict[str, Stack]) -> None:
    stack = emitted["prod-network"]
    document = {**stack.document, "resource": {**stack.document["resource"], "aws_flow_log": {}}}
    broken = {**emitted, "prod-network": Stack(id=stack.id, folder=stack.folder, document=document)}
    (row,) = re.findall(r"^\| 6\.1/3 .*$", page(broken), flags=re.MULTILINE)
    assert "dev, staging: **network** `aws_flow_log.flow-logs`" in row
    assert "**not met** prod-network: 1 aws_flow_log, not 0" in row


def test_a_provider_without_accounts_has_none(emitted: dict[str, Stack]) -> None:
    stack = emitted["dev-cost"]
    for provider in ([], [{"allowed_account_ids": None}]):
        changed = Stack(id=stack.id, folder=stack.folder, document={**stack.document, "provider": {"aws": provider}})
        assert account({stack.id: changed}, "dev") == ""
