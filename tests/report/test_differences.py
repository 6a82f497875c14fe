from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from report.differences import ABSENT, Differences, read_differences

if TYPE_CHECKING:
    from report.boxes import Map
    from synthesis.manifest import Stack


@pytest.fixture(scope="module")
def found(maps: dict[str, Map], of_name: dict[str, list[Stack]]) -> Differences:
    return read_differences(maps, of_name)


def test_a_part_that_an_environment_lacks_is_listed(found: Differences) -> None:
    proxy = next(part for part in found.lacking if "PostgreSQL proxy" in part.titles)
    assert proxy.present == {"dev": False, "staging": True, "prod": True}
    assert not any(all(part.present.values()) for part in found.lacking)


def test_a_setting_that_differs_has_the_value_of_each_environment(found: Differences) -> None:
    postgres = next(part for part in found.different if part.titles == ("PostgreSQL",))
    assert postgres.settings["deletion_protection"] == {"dev": "no", "staging": "no", "prod": "yes"}
    service = next(part for part in found.different if "Backend service" in part.titles)
    assert set(service.settings["Scaling: max_capacity"]) == {"dev", "staging", "prod"}
    assert ABSENT in service.settings["deployment_circuit_breaker.enable"].values()


def test_what_differs_by_its_nature_is_not_a_difference(found: Differences) -> None:
    values = [value for part in found.parts for row in part.settings.values() for value in row.values()]
    assert not any("user-management-prod" in value or "333333333333" in value for value in values)
    assert not any(
        len(set(row.values())) == 1 and len(row) > 1 for part in found.parts for row in part.settings.values()
    )


def test_parts_that_differ_alike_are_one_row(found: Differences) -> None:
    assert any(len(part.titles) > 2 for part in found.different)
    shown = [(part.layer, title) for part in found.lacking for title in part.titles]
    assert len(shown) == sum(not all(part.present.values()) for part in found.parts)


def test_types_are_counted(found: Differences, of_name: dict[str, list[Stack]]) -> None:
    for name, stacks in of_name.items():
        every = sum(1 for stack in stacks for _ in stack.all())
        assert sum(counts[name] for counts in found.kinds.values()) == every
