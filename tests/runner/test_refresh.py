"""After an apply, the states get what is there by then, and nothing else changes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.runner.test_actions import NO_REMOTE_STATE

if TYPE_CHECKING:
    from tests.runner.conftest import Project


def test_it_writes_the_states_of_the_layers_that_a_pipeline_applies(dev: Project) -> None:
    dev.script("dev-network", plan={"add": 3}, drifted=1, content="what is there", resources=["aws_vpc.main"])
    code, out, _ = dev.run("refresh")
    assert code == 0
    assert re.search(r"dev-network +refreshed", out)
    assert re.search(r"dev-service +no changes", out)
    assert dev.applied() == ["dev-network what is there"]
    assert dev.calls(" plan") == [call for call in dev.calls(" plan") if call.endswith(" plan -refresh-only")]
    # Only a person applies it, so only a person may write its state.
    assert dev.calls("dev-state") == []


def test_a_person_names_the_layer_that_only_a_person_applies(dev: Project) -> None:
    dev.script("dev-state", drifted=1)
    code, out, _ = dev.run("refresh", "--layer", "state")
    assert code == 0
    assert re.search(r"dev-state +refreshed", out)
    assert dev.calls("dev-network") == []


def test_what_is_not_applied_yet_is_no_failure(dev: Project) -> None:
    dev.script("dev-service", plan={"error": NO_REMOTE_STATE})
    code, out, _ = dev.run("refresh")
    assert code == 0
    assert re.search(r"dev-service +waits", out)


def test_one_that_fails_is_reported(dev: Project) -> None:
    dev.script("dev-network", plan={"error": {"summary": "AccessDenied"}})
    code, out, errors = dev.run("refresh", "--parallel", "1")
    assert code == 1
    assert "AccessDenied" in errors
    assert "then repeat: make refresh ENV=dev" in out
