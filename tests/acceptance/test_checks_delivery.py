"""The checks of the layer `delivery` find nothing where all is right, and each thing that is not."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, cast

import pytest

from acceptance.checks import find_checks
from config.load import load_environment
from config.names import NameLimit
from tests.acceptance.delivery_world import KEY, PROGRAMS, PULLER, READER, World, out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import boto3

    from config.environment import Environment

TOKEN = {"name": "NPM_TOKEN", "value": ""}


@pytest.fixture(scope="module")
def staging() -> Environment:
    return load_environment("staging")


@pytest.fixture
def world(staging: Environment) -> World:
    return World(staging)


def test_what_the_layer_makes_is_right(world: World) -> None:
    assert world.found() == []


def _set(name: str, value: Any) -> Callable[[World], None]:
    return lambda world: setattr(world, name, value)


def _in_pipeline(name: str, value: Any) -> Callable[[World], None]:
    return lambda world: world.pipeline.update({name: value})


def _in_project(name: str, value: Any, *, of: str = "backend-build") -> Callable[[World], None]:
    return lambda world: world.projects[of].update({name: value})


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        (_in_pipeline("pipelineType", "V1"), "the pipeline's type: V1, wanted V2"),
        (_in_pipeline("executionMode", "SUPERSEDED"), "the pipeline's execution mode: SUPERSEDED, wanted QUEUED"),
        (_in_pipeline("triggers", []), "what starts the pipeline: [], wanted [{'branches': {'includes': ['main']}}]"),
        (_in_pipeline("artifactStore", {"location": "other"}), "the pipeline's store and its key: ('other', None)"),
        (lambda world: world.pipeline["stages"].pop(), "the pipeline's stages: ['Source', 'Build',"),
        (lambda world: world.stage("Deploy").pop("onFailure"), "what follows a failed Deploy: None, wanted ROLLBACK"),
        (lambda world: world.stage("Migrate").pop("beforeEntry"), "Migrate waits for no alarm"),
        (
            lambda world: world.stage("Release").update(beforeEntry=world.stage("Migrate")["beforeEntry"]),
            "the alarms beside the freeze before Release: [{'AlarmName': 'errors'}], wanted []",
        ),
        (
            lambda world: world.stage("Deploy").update(beforeEntry=world.stage("Migrate")["beforeEntry"]),
            "Deploy has a condition: if it does not hold, the last release is deployed again",
        ),
        (_set("alarms", []), "Migrate waits for the alarm errors, which does not exist"),
        (_set("connection", {"ProviderType": "Bitbucket", "ConnectionStatus": "AVAILABLE"}), "is of Bitbucket"),
        (_set("bucket_key", "other"), f"other, wanted {KEY}"),
        (_set("versions", None), ": None, wanted Enabled"),
        (_set("public", True), "blocks: "),
        (lambda world: world.bucket_policy.pop(0), "can be read without TLS"),
        (_in_project("encryptionKey", "aws/s3"), "the key of backend-build: aws/s3, wanted arn"),
        (_set("inwards", [{"FromPort": 22}]), "backend-build can be reached: [{'FromPort': 22}]"),
        (
            lambda world: world.out["backend-build"].append(out(5432, "instance")),
            "what backend-build reaches besides HTTPS: [(80, '0.0.0.0/0'), (5432, 'instance')], wanted [(80,",
        ),
        (
            lambda world: world.out.update({"tag-release": [out(443), out(80)]}),
            "what tag-release reaches besides HTTPS: [(80, '0.0.0.0/0')], wanted []",
        ),
        (lambda world: world.out.update({"backend-build": []}), "backend-build does not reach AWS"),
        (
            lambda world: world.out["migrate"].append(out(5432, "proxy")),
            "what migrate reaches besides HTTPS: [(5432, 'instance'), (5432, 'proxy'), (27017, 'cluster')], wanted",
        ),
        (_set("owner_host", "proxy.example"), "proxy.example of the url in"),
        (_set("owner_host", "other.example"), "leads to other.example, and the account has no database"),
        (_set("inside", {"instance": ["migrate"]}), "does not let migrate in: cluster"),
        (
            _in_project(
                "environment",
                {"type": "ARM_CONTAINER", "environmentVariables": [*PROGRAMS, TOKEN]},
            ),
            "backend-build has NPM_TOKEN in plain text",
        ),
        (
            _in_project("environment", {"type": "LINUX_CONTAINER", "environmentVariables": []}),
            "the machine of backend-build: LINUX_CONTAINER, wanted ARM_CONTAINER",
        ),
        (
            lambda world: world.projects["backend-build"].update(source=world.projects["migrate"]["source"]),
            "the parameters of backend-build: {",
        ),
        (
            _in_project("serviceRole", "arn:aws:iam::222222222222:role/migrate"),
            "of 8 roles of the layer some are the same",
        ),
        (_set("expires", ""), "the rule expire of artifacts deletes the programs of backend-build: its prefix is ''"),
        (_set("programs_version", "2"), "backend-build has no programs at s3://artifacts/build-steps.zip, version 1"),
        (_set("role", {}), "the role of migrate has no boundary"),
        (_set("managed", ["AdministratorAccess"]), "the managed policies of the role of the pipeline"),
        (_set("actions", ["s3:*", "ecs:UpdateService"]), "the role of the pipeline may do s3:*"),
        (lambda world: world.bucket_policy.pop(1), f"{READER} may not read the releases in "),
        (_set("key_policy", []), f"{READER} may not decrypt the releases"),
        (_set("repository_policy", []), f"{PULLER} may not pull from user-management-"),
        (
            lambda world: world.repository_policy.append(copy.deepcopy(world.bucket_policy[1]) | {"Condition": {}}),
            "lets in arn:aws:iam::333333333333:root without naming a role",
        ),
        (lambda world: world.rules.pop(), "no message says that a run is STOPPED"),
    ],
)
def test_each_thing_that_is_not_right_is_found(world: World, change: Callable[[World], None], wanted: str) -> None:
    change(world)
    assert wanted in "\n".join(world.found())


def test_prod_has_the_release_of_staging_as_its_source_and_waits(staging: Environment) -> None:
    prod = load_environment("prod")
    world = World(staging)
    world.environment = prod
    world.pipeline["name"] = prod.names.name("delivery", limit=NameLimit.CODEPIPELINE)
    lines = "\n".join(_pipeline_lines(world))
    assert "releases/staging/release.zip" in lines
    settings = {"AllowOverrideForS3ObjectKey": "true", "PollForSourceChanges": "true"}
    wanted = {
        "S3Bucket": staging.names.bucket_name("releases"),
        "S3ObjectKey": "releases/staging/release.zip",
        **settings,
    }
    (source,) = world.stage("Source")["actions"]
    source["configuration"] = wanted
    assert "the pipeline's source" not in "\n".join(_pipeline_lines(world))
    assert "['Source', 'Promote', 'Approval', 'Release', 'Migrate', 'Deploy']" in lines
    assert "the freeze before Release: [], wanted [{'Cron': " in lines


def _pipeline_lines(world: World) -> Iterator[str]:
    session = cast("boto3.Session", world)
    for _, check in find_checks({"delivery"}):
        if check.__name__ in {
            "check_the_pipeline_matches_the_settings",
            "check_nothing_changes_before_the_conditions_hold",
        }:
            yield from check(world.environment, session)
