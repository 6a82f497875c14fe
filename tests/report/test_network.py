from __future__ import annotations

from typing import TYPE_CHECKING

from report.network import read_matrix

if TYPE_CHECKING:
    from report.boxes import Map


def test_the_table_has_each_connection_and_no_other(maps: dict[str, Map]) -> None:
    network = maps["prod"].network
    matrix = read_matrix(network)
    found = {f"{caller} -> {listener} {ports}" for (caller, listener), cell in matrix.cells.items() for ports in cell}
    assert found == {str(one) for one in network}
    assert {caller for caller, _ in matrix.cells} == set(matrix.callers)
    assert {listener for _, listener in matrix.cells} == set(matrix.listeners)
    assert matrix.listeners[-1] == "internet"


def test_only_an_environment_without_cloudfront_is_open_to_the_internet(maps: dict[str, Map]) -> None:
    assert read_matrix(maps["prod"].network).from_internet == []
    assert read_matrix(maps["dev"].network).from_internet == ["load-balancer"]
