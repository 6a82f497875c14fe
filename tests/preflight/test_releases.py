from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import EndpointConnectionError

from emulator.outages import state
from preflight import releases
from preflight.line import Line, Status
from preflight.report import summary
from tests.preflight.samples import layer, of
from tests.standby import SECOND, standby_fixture, synthesized

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from preflight.platform import Platform
    from tests.preflight.conftest import Place

HOME = "us-east-1"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
SERVICE, CLUSTER, REPOSITORY = "acme-test-web", "acme-test-cluster", "acme-web"


def platform(tag: str = "release-2") -> Platform:
    """A service whose image in the second region is that of a release, and the same one at home."""
    service = {
        "name": SERVICE,
        "cluster": "${aws_ecs_cluster.c.arn}",
        "task_definition": "${aws_ecs_task_definition.t.arn}",
    }

    def resources(image: str) -> dict[str, dict[str, Any]]:
        return {
            "aws_ecr_repository.web": {"name": REPOSITORY},
            "aws_ecs_cluster.c": {"name": CLUSTER},
            "aws_ecs_service.web": service,
            "aws_ecs_task_definition.t": {"container_definitions": json.dumps([{"image": image}])},
        }

    return of(
        layer(resources("public.ecr.aws/python:3"), layer="service"),
        layer(
            resources(f"${{aws_ecr_repository.web.repository_url}}:{tag}"),
            region=SECOND,
            layer=f"service-{SECOND}",
        ),
    )


class Registries:
    """The repositories of both regions, and the service at home."""

    def __init__(self, place: Place) -> None:
        self.place = place
        for region in (HOME, SECOND):
            place.client("ecr", region=region).create_repository(repositoryName=REPOSITORY)

    def push(self, *tags: str, regions: tuple[str, ...] = (HOME, SECOND)) -> str:
        """An image with these tags; its digest."""
        digest = ""
        for region in regions:
            for tag in tags:
                manifest = json.dumps(
                    {"schemaVersion": 2, "mediaType": MANIFEST, "layers": [], "config": {"digest": tags[0]}}
                )
                pushed = self.place.client("ecr", region=region).put_image(
                    repositoryName=REPOSITORY, imageManifest=manifest, imageTag=tag
                )
                digest = pushed["image"]["imageId"]["imageDigest"]
        return digest

    def run(self, reference: str) -> None:
        """Let the service at home run an image of its repository."""
        self.run_image(f"{self.place.id}.dkr.ecr.{HOME}.amazonaws.com/{REPOSITORY}{reference}")

    def run_image(self, image: str) -> None:
        ecs = self.place.client("ecs")
        ecs.create_cluster(clusterName=CLUSTER)
        ecs.register_task_definition(family="web", containerDefinitions=[{"name": "web", "image": image, "memory": 64}])
        ecs.create_service(cluster=CLUSTER, serviceName=SERVICE, taskDefinition="web", desiredCount=0)

    def line(self, tag: str = "release-2") -> Line:
        (found,) = self.place.run(releases.checks(platform(tag), self.place.account))
        assert found.subject == f"release of {SERVICE}, {SECOND}"
        return found


@pytest.fixture
def registries(place: Place) -> Iterator[Registries]:
    yield Registries(place)
    state.give_back(HOME)


def test_a_release_that_runs_at_home_is_ok(registries: Registries) -> None:
    registries.push("build-2", "release-2")
    registries.run(":build-2")
    found = registries.line()
    assert (found.status, found.found) == (Status.OK, "release-2 is there, and runs in us-east-1")


def test_an_image_is_also_known_by_its_digest(registries: Registries) -> None:
    registries.run(f"@{registries.push('release-2')}")
    assert registries.line().status is Status.OK


def test_an_older_release_is_a_warning_with_the_one_that_runs(registries: Registries) -> None:
    registries.push("release-1")
    time.sleep(1.1)  # images have seconds
    registries.push("build-2", "release-2")
    registries.run(":build-2")
    found = registries.line("release-1")
    assert (found.status, found.found) == (
        Status.WARNING,
        "release-1 is older than release-2, which runs in us-east-1",
    )
    assert found.fix == (
        'In environments/test.toml, [recovery.standby], set release = "release-2", and apply us-west-2. Until then '
        "users would get another release from there."
    )
    assert summary([found], "test", complete=True).startswith("All 1 checks are ok, with 1 warning. Next: make")


def test_a_release_that_was_rolled_back_at_home_is_a_warning(registries: Registries) -> None:
    registries.push("release-1")
    time.sleep(1.1)
    registries.push("release-2")
    registries.run(":release-1")
    assert registries.line().found == "release-2 is newer than release-1, which runs in us-east-1"


def test_a_release_that_only_the_copies_have_is_a_warning(registries: Registries) -> None:
    registries.push("release-1", regions=(SECOND,))
    digest = registries.push("build-2")
    registries.run(f"@{digest}")
    found = registries.line("release-1")
    assert (found.status, found.found) == (
        Status.WARNING,
        f"release-1 is no longer in us-east-1, where {digest} runs",
    )
    assert found.fix.startswith("Give that image a tag release-.., set release to it in environments/test.toml")


def test_a_release_that_is_not_there_is_a_problem(registries: Registries) -> None:
    registries.push("release-2", regions=(HOME,))
    registries.run(":release-2")
    found = registries.line()
    assert (found.status, found.found) == (Status.PROBLEM, "release-2 is not in the repository acme-web of us-west-2")
    assert found.fix.endswith(
        "aws ecr describe-images --region us-west-2 --repository-name acme-web --query 'imageDetails[].imageTags[]'"
    )


def test_before_the_first_apply_there_is_no_repository(place: Place) -> None:
    (found,) = place.run(releases.checks(platform(), place.account))
    assert (found.status, found.found) == (Status.WARNING, "the repository acme-web is not in us-west-2 yet")


@pytest.mark.parametrize("image", ["", "public.ecr.aws/python:3"])
def test_at_home_there_may_be_no_release_yet(registries: Registries, image: str) -> None:
    registries.push("release-2")
    if image:
        registries.run_image(image)
    assert registries.line().found == "release-2 is there; no release runs in us-east-1"


def test_the_set_of_tasks_that_codedeploy_has_made_runs(
    registries: Registries, monkeypatch: pytest.MonkeyPatch
) -> None:
    registries.push("release-2")
    registries.run_image("public.ecr.aws/python:3")
    ecs = registries.place.client("ecs")
    made = ecs.register_task_definition(
        family="web",
        containerDefinitions=[
            {"name": "web", "image": f"1.dkr.ecr.{HOME}.amazonaws.com/{REPOSITORY}:release-2", "memory": 64}
        ],
    )["taskDefinition"]["taskDefinitionArn"]
    client = registries.place.account.client("ecs", HOME)
    answered = client.describe_services

    def with_sets(**arguments: Any) -> Any:
        answer = answered(**arguments)
        old = answer["services"][0]["taskDefinition"]
        answer["services"][0]["taskSets"] = [
            {"status": "ACTIVE", "taskDefinition": old},
            {"status": "PRIMARY", "taskDefinition": made},
        ]
        return answer

    monkeypatch.setattr(client, "describe_services", with_sets)
    assert registries.line().found == "release-2 is there, and runs in us-east-1"


def test_while_the_first_region_is_lost_only_the_second_one_counts(registries: Registries) -> None:
    registries.push("release-2")
    state.lose(HOME)
    found = registries.line()
    assert (found.status, found.found) == (
        Status.OK,
        "release-2 is there; us-east-1 does not answer, so it is not known whether that runs there",
    )


def test_a_region_without_a_connection_does_not_answer(registries: Registries, monkeypatch: pytest.MonkeyPatch) -> None:
    registries.push("release-2")

    def unreachable(**_: Any) -> Any:
        raise EndpointConnectionError(endpoint_url="https://ecs.us-east-1.amazonaws.com")

    monkeypatch.setattr(registries.place.account.client("ecs", HOME), "describe_services", unreachable)
    assert registries.line().status is Status.OK


def test_a_refusal_is_not_taken_for_a_region_that_is_lost(registries: Registries, deny: Any) -> None:
    registries.push("release-2")
    deny("ecs:DescribeServices")
    found = registries.line()
    assert (found.status, found.found) == (Status.UNREADABLE, "ecs:DescribeServices is denied")


def test_an_environment_without_a_second_region_has_no_such_check(place: Place) -> None:
    assert place.run(releases.checks(of(layer({})), place.account)) == []


def test_the_services_of_a_standby_are_checked_and_the_placeholder_is_not(tmp_path: Path) -> None:
    stacks = of(*synthesized(standby_fixture(), tmp_path).values())
    found = {(one.service, one.repository, one.tag) for one in releases.standbys(stacks)}
    assert found == {
        (f"user-management-warm-{name}", f"user-management-{name}", "release-2026-11-01")
        for name in ("backend", "frontend")
    }
