from __future__ import annotations

import io
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from rehearsal import checks
from rehearsal.findings import Finding, Step
from rehearsal.life import Life, check
from runner.board import Board

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from rehearsal.stage import Stage


def check_trips(*_: object) -> Iterator[str]:
    yield "the services: one too few"
    raise KeyError("backend")  # noqa: EM101 - as a missing key of a dict raises it


def check_finds(*_: object) -> Iterator[str]:
    yield "the bucket is public"


def test_a_check_that_trips_is_a_finding_and_costs_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [("service", check_trips), ("state", check_finds)]
    monkeypatch.setattr(checks, "of_layers", lambda layers: [one for one in both if one[0] in layers])
    stage = SimpleNamespace(
        board=Board(io.StringIO(), io.StringIO(), live=False),
        stacks=lambda _: {"dev-service": SimpleNamespace(layer="service"), "dev-state": SimpleNamespace(layer="state")},
        account=lambda _: SimpleNamespace(session=object),
    )
    life = Life("dev")
    check(cast("Stage", stage), "dev", life)
    assert life.findings == [
        Finding("dev", Step.CHECK, "service: the services: one too few"),
        Finding("dev", Step.CHECK, "service: check_trips could not be asked: KeyError: 'backend'"),
        Finding("dev", Step.CHECK, "state: the bucket is public"),
    ]
