from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from synthesis.manifest import OutputError, Stack, of_environment, read_stacks
from tests.outputs import write_stack

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def two(tmp_path: Path) -> Path:
    write_stack(tmp_path, "dev-service", "dev-network", "dev-data")
    write_stack(tmp_path, "dev-data", "dev-network")
    write_stack(tmp_path, "dev-network")
    write_stack(tmp_path, "dev-state")
    write_stack(tmp_path, "pre-prod-network", protected=True, environment="pre-prod")
    return tmp_path


def test_without_synthesis_it_says_make_synth(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="make synth"):
        read_stacks(tmp_path)


def test_a_broken_manifest_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(OutputError, match=r"manifest\.json cannot be read"):
        read_stacks(tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        "[]",
        "null",
        '{"stacks": []}',
        '{"stacks": {"a": {}}}',
        '{"stacks": {"a": []}}',
        '{"stacks": {"a": {"workingDirectory": 1}}}',
        '{"stacks": {"a": {"workingDirectory": "stacks/a", "dependencies": 1}}}',
    ],
)
def test_a_manifest_of_another_shape_names_the_file_and_the_remedy(tmp_path: Path, content: str) -> None:
    (tmp_path / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(OutputError, match=r"manifest\.json (must be a JSON object|is not a manifest)") as error:
        read_stacks(tmp_path)
    assert "move that file away, then run `make synth` again" in error.value.remedy


def test_a_stack_with_another_shape_names_the_place(two: Path) -> None:
    (two / "stacks" / "dev-data" / "cdk.tf.json").write_text('{"resource": {"aws_vpc": []}}', encoding="utf-8")
    with pytest.raises(OutputError, match=r"cdk\.tf\.json is not a valid stack: resource\.aws_vpc must be an object"):
        read_stacks(two)


@pytest.mark.parametrize("content", ["[]", "null", '"text"'])
def test_a_stack_of_another_shape_names_the_file(two: Path, content: str) -> None:
    (two / "stacks" / "dev-data" / "cdk.tf.json").write_text(content, encoding="utf-8")
    with pytest.raises(OutputError, match=r"dev-data/cdk\.tf\.json must be a JSON object"):
        read_stacks(two)


def test_a_manifest_without_stacks_is_not_one_that_passes(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"stacks": {}}')
    with pytest.raises(OutputError, match=r"manifest\.json has no stacks\.\nRun `make synth` again"):
        read_stacks(tmp_path)


def test_half_of_a_character_is_refused_and_a_whole_one_is_read(two: Path) -> None:
    file = two / "stacks" / "dev-data" / "cdk.tf.json"
    text = file.read_text()
    file.write_text(text.replace('"acme"', '"\\ud83d\\ude00"', 1))
    assert read_stacks(two)["dev-data"].project == "\U0001f600"
    file.write_text(text.replace('"acme"', '"\\ud83d"', 1))
    with pytest.raises(OutputError, match=r"dev-data/cdk\.tf\.json cannot be read: .*surrogates not allowed"):
        read_stacks(two)


def test_metadata_of_another_shape_names_the_file(two: Path) -> None:
    file = two / "stacks" / "dev-data" / "cdk.tf.json"
    file.write_text(file.read_text().replace('"metadata": {', '"metadata": {"awake_share": "x", ', 1))
    with pytest.raises(OutputError, match=r"dev-data/cdk\.tf\.json is not a valid stack: awake_share must be a number"):
        read_stacks(two)


def test_a_stack_without_metadata_is_from_an_older_version(tmp_path: Path) -> None:
    write_stack(tmp_path, "dev-network", document={"//": {"metadata": {"layer": "network"}}})
    with pytest.raises(
        OutputError, match="has no environment in its metadata: an older version of this program wrote it"
    ):
        of_environment(read_stacks(tmp_path), "dev")


def test_a_stack_is_protected_by_default(tmp_path: Path) -> None:
    assert Stack(id="x", folder=tmp_path, document={}).is_protected
    assert not Stack(id="x", folder=tmp_path, document={"//": {"metadata": {"protect_data": False}}}).is_protected


def test_an_environment_may_have_a_dash_in_its_name(two: Path) -> None:
    (stack,) = of_environment(read_stacks(two), "pre-prod").values()
    assert (stack.environment, stack.layer, stack.is_protected) == ("pre-prod", "network", True)


def test_an_unknown_environment_lists_those_that_exist(two: Path) -> None:
    with pytest.raises(OutputError, match=r"no environment 'qa'. It has: dev, pre-prod"):
        of_environment(read_stacks(two), "qa")


def test_required_providers_and_remote_states_are_read_from_the_json(two: Path) -> None:
    service = read_stacks(two)["dev-service"]
    assert service.required_providers == {"aws": "5.100.0"}
    dev = of_environment(read_stacks(two), "dev")
    assert service.producers(dev) == {"input-dev-network": "dev-network", "input-dev-data": "dev-data"}


def test_a_resource_is_in_the_region_of_the_provider_that_it_names(tmp_path: Path) -> None:
    west = {"provider": "aws.us-west-2"}
    document = {
        "//": {"metadata": {"region": "us-east-1"}},
        "provider": {"aws": [{"region": "us-east-1"}, {"alias": "us-west-2", "region": "us-west-2"}]},
        "resource": {"aws_s3_bucket": {"copies": west, "state": {}}},
    }
    stack = Stack(id="prod-state", folder=tmp_path, document=document)
    assert {each.name: stack.region_of(each) for each in stack.all()} == {"copies": "us-west-2", "state": "us-east-1"}
