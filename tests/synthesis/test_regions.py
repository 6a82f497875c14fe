from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from synthesis.manifest import OutputError, read_stacks
from synthesis.regions import choose, regions_of, select, select_region
from tests.outputs import backend, identity, write_stack

if TYPE_CHECKING:
    from pathlib import Path

    from synthesis.manifest import Stack

HOME, SECOND = "us-east-1", "us-west-2"


def document(
    name: str,
    *,
    region: str,
    state: str,
    reads: tuple[str, ...] = (),
    provider: str | None = None,
) -> dict[str, Any]:
    return {
        "//": {"metadata": identity(layer=name, name=name, region=region)},
        "provider": {"aws": [{"region": region}, {"region": SECOND, "alias": "second"}]},
        "terraform": {"backend": {"s3": {**backend(name), "region": state}}},
        "data": {
            "terraform_remote_state": {
                f"input-{index}": {"config": {**backend("network"), "region": read}} for index, read in enumerate(reads)
            }
        },
        "resource": {"aws_kms_key": {"key": {"provider": provider} if provider else {}}},
    }


@pytest.fixture
def stacks(tmp_path: Path) -> dict[str, Stack]:
    for name, settings in {
        "data": {"region": HOME, "state": HOME, "reads": (HOME,)},
        "topics-second": {"region": SECOND, "state": HOME},  # its state is at home
        "copies-second": {"region": SECOND, "state": SECOND},
        "service-second": {"region": SECOND, "state": SECOND, "reads": (SECOND,)},
        "reader-second": {"region": SECOND, "state": SECOND, "reads": (HOME,)},
        "state": {"region": HOME, "state": HOME, "provider": "aws.second"},
    }.items():
        write_stack(tmp_path, f"dev-{name}", document=document(name, **settings))  # type: ignore[arg-type]
    return read_stacks(tmp_path)


@pytest.mark.parametrize(
    ("stack", "regions"),
    [
        ("dev-data", {HOME}),
        ("dev-topics-second", {HOME, SECOND}),
        ("dev-reader-second", {HOME, SECOND}),
        ("dev-state", {HOME, SECOND}),
        ("dev-service-second", {SECOND}),
    ],
)
def test_a_stack_needs_the_regions_of_its_resources_of_its_state_and_of_what_it_reads(
    stacks: dict[str, Stack], stack: str, regions: set[str]
) -> None:
    assert regions_of(stacks[stack]) == regions


def test_what_needs_a_lost_region_is_not_selected(stacks: dict[str, Stack]) -> None:
    assert set(select_region(stacks, SECOND)) == {"dev-copies-second", "dev-service-second"}
    assert set(select_region(stacks, HOME)) == {"dev-data"}


def test_a_region_without_a_stack_of_its_own_names_those_that_have_some(stacks: dict[str, Stack]) -> None:
    with pytest.raises(OutputError, match="in 'eu-west-1' alone: state, copies-second, data") as error:
        select_region(stacks, "eu-west-1")
    assert error.value.remedy == f"There are some for REGION={HOME} and REGION={SECOND}."
    with pytest.raises(OutputError) as error:
        select_region({"dev-state": stacks["dev-state"]}, HOME)
    assert error.value.remedy == "Leave out REGION."


@pytest.fixture
def two(tmp_path: Path) -> dict[str, Stack]:
    """An environment with a second region, where one of its layers stands by."""
    for name, layer, region, stands_by in (
        ("state", "state", HOME, False),
        ("network", "network", HOME, False),
        (f"network-{SECOND}", "network", SECOND, True),
        ("topics", "topics", HOME, False),
        (f"topics-{SECOND}", "topics", SECOND, False),
        (f"copies-{SECOND}", "copies", SECOND, False),
        (f"copies-drills-{SECOND}", "copies", SECOND, False),
    ):
        content = document(name, region=region, state=region)
        content["//"] = {"metadata": identity(layer=layer, name=name, region=region, stands_by=stands_by)}
        write_stack(tmp_path, f"dev-{name}", document=content)
    return read_stacks(tmp_path)


@pytest.mark.parametrize(
    ("selection", "names"),
    [
        ({"layer": "network"}, {"network"}),
        ({"layer": f"network-{SECOND}"}, {f"network-{SECOND}"}),
        ({"layer": "network", "region": SECOND}, {f"network-{SECOND}"}),
        ({"layer": "network", "region": HOME}, {"network"}),
        ({"layer": "topics"}, {"topics", f"topics-{SECOND}"}),
        ({"layer": "topics", "one": True}, {"topics"}),
        ({"layer": "topics", "region": SECOND, "one": True}, {f"topics-{SECOND}"}),
        ({"layer": "copies", "one": True}, {f"copies-{SECOND}", f"copies-drills-{SECOND}"}),
        ({"region": HOME}, {"state", "network", "topics"}),
    ],
)
def test_a_name_selects_its_stack_and_a_layer_its_stacks_but_not_those_that_stand_by(
    two: dict[str, Stack], selection: dict[str, Any], names: set[str]
) -> None:
    assert {stack.name for stack in choose(two, **selection).values()} == names


def test_a_layer_without_a_stack_in_the_region_is_not_called_unknown(two: dict[str, Stack]) -> None:
    with pytest.raises(
        OutputError, match=f"None of these stacks has .* in 'eu-west-1' alone: network, network-{SECOND}"
    ):
        choose(two, layer="network", region="eu-west-1")
    with pytest.raises(OutputError, match="This environment has no layer 'edge'"):
        choose(two, layer="edge", region=SECOND)


def test_a_layer_with_stacks_in_two_regions_is_selected_whole_or_by_name(tmp_path: Path) -> None:
    write_stack(tmp_path, "dev-state")
    write_stack(tmp_path, "dev-topics", layer="topics")
    write_stack(tmp_path, "dev-topics-us-east-1", layer="topics")
    dev = read_stacks(tmp_path)
    assert set(select(dev, "topics")) == {"dev-topics", "dev-topics-us-east-1"}
    assert set(select(dev, "topics-us-east-1")) == {"dev-topics-us-east-1"}


def test_an_unknown_layer_lists_those_that_exist_in_order(tmp_path: Path) -> None:
    for name, needed in {"service": ("dev-data",), "data": ("dev-network",), "network": (), "state": ()}.items():
        write_stack(tmp_path, f"dev-{name}", *needed)
    dev = read_stacks(tmp_path)
    with pytest.raises(OutputError, match="state, network, data, service"):
        select(dev, "edge")
