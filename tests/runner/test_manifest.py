from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from runner.errors import RunnerError
from runner.manifest import consumers, in_order, of_environment, read_stacks, select

if TYPE_CHECKING:
    from pathlib import Path

    from tests.runner.conftest import Project


@pytest.fixture
def two(project: Project) -> Project:
    project.stack("dev-service", "dev-network", "dev-data")
    project.stack("dev-data", "dev-network")
    project.stack("dev-network")
    project.stack("dev-state")
    project.stack("pre-prod-network", protected=True)
    return project


def test_without_synthesis_it_says_make_synth(tmp_path: Path) -> None:
    with pytest.raises(RunnerError, match="make synth"):
        read_stacks(tmp_path)


def test_a_broken_manifest_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(RunnerError, match=r"manifest\.json cannot be read"):
        read_stacks(tmp_path)


def test_an_id_without_a_layer_is_refused(project: Project) -> None:
    project.stack("network")
    with pytest.raises(RunnerError, match="<environment>-<layer>"):
        read_stacks(project.out)


def test_an_environment_may_have_a_dash_in_its_name(two: Project) -> None:
    (stack,) = of_environment(read_stacks(two.out), "pre-prod").values()
    assert (stack.environment, stack.layer, stack.protected) == ("pre-prod", "network", True)


def test_an_unknown_environment_lists_those_there_are(two: Project) -> None:
    with pytest.raises(RunnerError, match=r"no environment 'qa'.*There are: dev, pre-prod"):
        of_environment(read_stacks(two.out), "qa")


def test_an_unknown_layer_lists_those_there_are_in_order(two: Project) -> None:
    dev = of_environment(read_stacks(two.out), "dev")
    with pytest.raises(RunnerError, match="state, network, data, service"):
        select(dev, "edge")


def test_the_state_stack_is_first_though_nobody_names_it(two: Project) -> None:
    dev = of_environment(read_stacks(two.out), "dev")
    assert [stack.layer for stack in in_order(dev)] == ["state", "network", "data", "service"]


def test_consumers_are_found_through_others(two: Project) -> None:
    dev = of_environment(read_stacks(two.out), "dev")
    assert consumers(dev, "dev-network") == ["dev-data", "dev-service"]
    assert consumers(dev, "dev-service") == []


def test_a_circle_is_told(project: Project) -> None:
    project.stack("dev-a", "dev-b")
    project.stack("dev-b", "dev-a")
    with pytest.raises(RunnerError, match="in a circle: dev-"):
        in_order(of_environment(read_stacks(project.out), "dev"))


def test_required_providers_and_remote_states_are_read_from_the_json(two: Project) -> None:
    service = read_stacks(two.out)["dev-service"]
    assert service.required_providers == {"aws": "5.100.0"}
    assert service.remote_states == {"input-dev-network": "network", "input-dev-data": "data"}
