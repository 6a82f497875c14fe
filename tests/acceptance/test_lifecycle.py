from __future__ import annotations

import io
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from acceptance import checks, whole
from acceptance.findings import Finding, Step
from acceptance.lifecycle import EnvironmentRun, check
from runner.progress import ProgressDisplay
from tests.fixtures import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from acceptance.harness import Harness


def check_that_raises(*_: object) -> Iterator[str]:
    yield "the services: one too few"
    raise KeyError("backend")  # noqa: EM101 - as a missing key of a dict raises it


def check_that_finds(*_: object) -> Iterator[str]:
    yield "the bucket is public"


def test_a_check_that_raises_is_a_finding_and_keeps_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [("service", check_that_raises), ("state", check_that_finds)]
    monkeypatch.setattr(checks, "find_checks", lambda layers: [one for one in both if one[0] in layers])
    monkeypatch.setattr(whole, "unlisted", check_that_raises)
    monkeypatch.setattr(whole, "in_its_own_way", check_that_finds)
    harness = SimpleNamespace(
        settings=FOLDER,
        folder=FOLDER,
        progress=ProgressDisplay(io.StringIO(), io.StringIO(), live=False),
        stacks=lambda _: {f"dev-{name}": SimpleNamespace(layer=name, name=name) for name in ("service", "state")},
        account=lambda _: SimpleNamespace(session=object),
    )
    run = EnvironmentRun("dev")
    check(cast("Harness", harness), "dev", run)
    assert run.findings == [
        Finding("dev", Step.CHECK, "service: the services: one too few"),
        Finding("dev", Step.CHECK, "service: check_that_raises raised KeyError: 'backend'"),
        Finding("dev", Step.CHECK, "state: the bucket is public"),
        Finding("dev", Step.CHECK, "the services: one too few"),
        Finding("dev", Step.CHECK, "unlisted raised KeyError: 'backend'"),
        Finding("dev", Step.CHECK, "the bucket is public"),
    ]
