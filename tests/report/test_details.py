from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from report.boxes import together
from report.costs import read_costs
from report.details import read_details, short

if TYPE_CHECKING:
    from report.boxes import Map
    from report.details import Detail
    from synthesis.manifest import Stack


@pytest.fixture(scope="module")
def details(maps: dict[str, Map], of_name: dict[str, list[Stack]]) -> dict[str, Detail]:
    cost = read_costs({"prod": of_name["prod"]}).by_environment["prod"]
    return {one.box.title: one for one in read_details(together(maps["prod"], alone=()), cost)}


def test_a_database_has_its_settings_costs_alarms_and_callers(details: dict[str, Detail]) -> None:
    one = details["PostgreSQL"]
    assert one.settings[0].values["engine"] == "postgres"
    assert one.usd == sum(one.cost.values()) > 0
    assert "PostgreSQL" in one.cost
    assert {alarm.runbook for alarm in one.alarms} >= {"docs/runbooks.md#database-load"}
    assert ("postgres-proxy", "tcp 5432") in one.reached_by
    assert one.count == len(one.box.nodes)


def test_equal_parts_are_shown_once(details: dict[str, Detail]) -> None:
    assert [one.title for one in details["DocumentDB"].settings[1:]] == ["Instance, 3 alike", "Parameters"]


def test_a_box_that_stands_for_several_shows_each(details: dict[str, Detail]) -> None:
    one = next(detail for detail in details.values() if detail.box.members)
    assert len(one.settings) >= len(one.box.members) > 2


def test_references_are_seen_from_both_ends(details: dict[str, Detail]) -> None:
    service, proxy = details["Backend service"], details["PostgreSQL proxy"]
    assert proxy.box in service.uses
    assert service.box in proxy.used_by


@pytest.mark.parametrize(("name", "shown"), [("a_b_0123ABCD", "a_b"), ("a_0123abcd", "a_0123abcd"), ("plain", "plain")])
def test_names_lose_the_digits_of_cdktf(name: str, shown: str) -> None:
    assert short(name) == shown
