"""One region alone is planned and applied, while another one is lost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.runner.conftest import Project

SECOND = "us-west-2"


@pytest.fixture
def two(dev: Project) -> Project:
    """`dev`, and a network with a service in the second region, whose states are there."""
    for id_, needs in ((f"dev-network-{SECOND}", ()), (f"dev-service-{SECOND}", (f"dev-network-{SECOND}",))):
        path = dev.stack(id_, *needs, layer=id_.split("-")[1]) / "cdk.tf.json"
        document = json.loads(path.read_text().replace("us-east-1", SECOND))
        document["terraform"]["backend"]["s3"]["region"] = SECOND
        path.write_text(json.dumps(document))
    return dev


@pytest.mark.parametrize("action", [["plan"], ["apply", "--yes"], ["refresh"]])
def test_only_what_needs_no_other_region_is_touched(two: Project, action: list[str]) -> None:
    code, out, _ = two.run(*action, "--region", SECOND)
    assert code == 0
    assert {call.split()[0] for call in two.calls()} == {f"dev-network-{SECOND}", f"dev-service-{SECOND}"}
    assert "dev-registry" not in out


def test_its_stacks_are_applied_in_order(two: Project) -> None:
    two.script(f"dev-network-{SECOND}", plan={"add": 1})
    two.script(f"dev-service-{SECOND}", plan={"add": 1})
    assert two.run("apply", "--yes", "--region", SECOND)[0] == 0
    assert two.calls(" apply") == [f"dev-network-{SECOND} apply", f"dev-service-{SECOND} apply"]


def test_no_bucket_is_searched_for_layers_that_are_switched_off(two: Project) -> None:
    """It may be in the region that is lost."""
    two.run("plan", "--region", SECOND)
    assert not two.calls("dev-state")
    assert not two.calls("workspace")


def test_a_layer_can_be_chosen_in_it(two: Project) -> None:
    two.run("plan", "--region", SECOND, "--layer", "service")
    assert {call.split()[0] for call in two.calls()} == {f"dev-service-{SECOND}"}


@pytest.fixture
def standing_by(two: Project) -> Project:
    """The stacks in the second region stand by, as synthesis writes them."""
    for id_ in (f"dev-network-{SECOND}", f"dev-service-{SECOND}"):
        path = two.out / "stacks" / id_ / "cdk.tf.json"
        document = json.loads(path.read_text())
        document["//"]["metadata"]["stands_by"] = True
        path.write_text(json.dumps(document))
    return two


@pytest.mark.parametrize("action", [["plan"], ["unlock", "--lock-id", "1"], ["destroy", "--yes"]])
@pytest.mark.parametrize(
    ("selection", "stack"),
    [
        (["--layer", "service"], "dev-service"),
        (["--layer", f"service-{SECOND}"], f"dev-service-{SECOND}"),
        (["--layer", "service", "--region", SECOND], f"dev-service-{SECOND}"),
    ],
)
def test_the_name_of_a_layer_is_its_stack_at_home(
    standing_by: Project, action: list[str], selection: list[str], stack: str
) -> None:
    for id_ in ("dev-service", f"dev-service-{SECOND}"):
        standing_by.script(id_, resources=["aws_vpc.main"])
    assert standing_by.run(*action, *selection)[0] == 0
    assert [call for call in standing_by.calls() if call.startswith("dev-service")]
    assert {call.split()[0] for call in standing_by.calls() if call.startswith("dev-service")} == {stack}


def test_a_region_is_destroyed_alone(standing_by: Project) -> None:
    for id_ in (f"dev-network-{SECOND}", f"dev-service-{SECOND}", "dev-service"):
        standing_by.script(id_, resources=["aws_vpc.main"])
    assert standing_by.run("destroy", "--yes", "--region", SECOND)[0] == 0
    assert standing_by.calls(" apply") == [f"dev-service-{SECOND} apply", f"dev-network-{SECOND} apply"]


def test_the_next_command_has_the_region(two: Project) -> None:
    two.script(f"dev-network-{SECOND}", plan={"add": 1})
    assert f"To apply: make apply ENV=dev REGION={SECOND}" in two.run("plan", "--region", SECOND)[1]


def test_a_region_without_stacks_is_refused(two: Project) -> None:
    code, _, err = two.run("plan", "--region", "eu-west-1")
    assert code == 2
    assert f"REGION=us-east-1 and REGION={SECOND}" in err
    assert two.calls() == []


def test_a_pipeline_leaves_the_second_region_to_a_person(two: Project, tmp_path: Path) -> None:
    assert two.run("refresh")[0] == 0
    assert not two.calls(SECOND)
    two.script(f"dev-service-{SECOND}", plan={"add": 1}, content="{}")
    plans = str(tmp_path / "plans")
    two.run("plan", "--save", plans)
    code, _, err = two.run("apply", "--saved", plans, "--yes")
    assert (code, two.applied()) == (2, [])
    assert f"dev-service-{SECOND} has changes, and a person applies it, so nothing is applied." in err
    assert f"make apply ENV=dev LAYER=service-{SECOND}" in err
