"""A platform of one service and nothing else: what is left out leaves no stack, no key and no resource behind."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from compliance.__main__ import EXIT_OK
from compliance.__main__ import main as check
from compliance.reachability import connections
from config.load import load_environment
from main import synthesize
from runner.__main__ import main as runner
from synthesis.manifest import read_stacks
from tests.template import Template

if TYPE_CHECKING:
    from config.environment import Environment

FOLDER = Path(__file__).parent / "minimal"


@pytest.fixture(scope="module")
def environment() -> Environment:
    return load_environment("minimal", folder=FOLDER)


@pytest.fixture(scope="module")
def output(environment: Environment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("minimal") / "cdktf.out"
    synthesize([environment], folder)
    return folder


@pytest.fixture(scope="module")
def stacks(output: Path) -> dict[str, Template]:
    return {stack.layer: Template(dict(stack.document)) for stack in read_stacks(output).values()}


def test_there_are_the_layers_that_a_service_needs_and_no_others(stacks: dict[str, Template]) -> None:
    assert set(stacks) == {"state", "network", "registry", "service"}


def test_the_rules_have_nothing_against_it_with_the_committed_exceptions(
    output: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(["--output", str(output)], today=date.min) == EXIT_OK
    (line,) = capsys.readouterr().out.splitlines()
    assert ", 0 findings, 2 exceptions in force" in line


def test_the_registry_holds_the_images_of_the_one_service(stacks: dict[str, Template]) -> None:
    registry = stacks["registry"]
    assert {repository["name"] for repository in registry.all("aws_ecr_repository").values()} == {
        "user-management-worker",
        "user-management-minimal-public/aws-observability/aws-otel-collector",
        "user-management-minimal-public/docker/library/python",
    }
    assert registry.output("worker_repository_url") == "${aws_ecr_repository.worker-images.repository_url}"


def test_the_service_takes_no_requests_and_is_replaced_task_by_task(stacks: dict[str, Template]) -> None:
    service = stacks["service"]
    worker = service.only("aws_ecs_service")
    assert worker["deployment_controller"] == {"type": "ECS"}
    assert "load_balancer" not in worker
    assert "health_check_grace_period_seconds" not in worker
    kinds = {address.partition(".")[0] for address in service.addresses}
    assert not [kind for kind in kinds if kind.startswith("aws_lb")]
    assert "aws_cloudwatch_metric_alarm" not in kinds
    assert set(service.document["output"]) == {"cluster_name", "release_files_bucket"}
    assert {o["key"] for o in service.all("aws_s3_object").values()} == {"worker/taskdef.json"}


def test_the_service_reads_no_other_state_than_the_layers_that_are_there(stacks: dict[str, Template]) -> None:
    read = stacks["service"].document["data"]["terraform_remote_state"]
    keys = {config["config"]["key"].partition("/")[0] for config in read.values()}
    assert keys <= {"state", "network", "registry"}


def test_the_service_takes_no_connections_and_opens_some_to_the_internet_only(output: Path) -> None:
    found = connections([stack for stack in read_stacks(output).values() if stack.layer in {"network", "service"}])
    assert list(map(str, found)) == ["worker -> internet tcp 443"]


def test_each_layer_has_one_key(stacks: dict[str, Template]) -> None:
    assert {layer: len(stack.all("aws_kms_key")) for layer, stack in stacks.items()} == dict.fromkeys(stacks, 1)


@pytest.mark.terraform
@pytest.mark.seconds(13)
def test_terraform_validates_every_stack(output: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert runner(["validate", "--env", "minimal", "--output", str(output)]) == 0
