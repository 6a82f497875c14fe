from __future__ import annotations

from typing import TYPE_CHECKING

from report.alarms import SILENT, alarms

if TYPE_CHECKING:
    from report.alarms import Alarm
    from report.boxes import Map


def of(found: Map) -> list[Alarm]:
    others = [node for nodes in found.others.values() for node in nodes]
    return alarms(found.graph, [*(node for box in found.boxes for node in box.nodes), *others])


def test_the_most_severe_ones_come_first(maps: dict[str, Map]) -> None:
    severities = [one.severity for one in of(maps["prod"])]
    assert severities[0] == "critical"
    assert set(severities) == {"critical", "warning", SILENT}
    assert severities == sorted(severities, key=["critical", "warning", "info", SILENT].index)


def test_an_alarm_says_when_it_goes_off(maps: dict[str, Map]) -> None:
    conditions = {one.name.partition("prod-")[2]: one.condition for one in of(maps["prod"])}
    assert conditions["postgres-connections"].startswith("DatabaseConnections ≥ ")
    assert "of" in conditions["postgres-connections"]
    assert conditions["postgres-storage-full"] == "FreeStorageSpace ≤ 1,073,741,824, 1 of 1 periods"


def test_no_text_has_a_reference(maps: dict[str, Map]) -> None:
    assert [one.name for one in of(maps["prod"]) if "${" in one.condition + one.name] == []
