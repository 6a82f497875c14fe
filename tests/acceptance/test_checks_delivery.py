"""The checks of the layer `delivery` find nothing where all is right, and each thing that is not."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import pytest
import yaml

from acceptance.checks import find_checks
from config.load import load_environment
from config.names import NameLimit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import boto3

    from config.environment import Environment

KEY = "arn:aws:kms:us-east-1:222222222222:key/1"
PIPELINE_ROLE = "arn:aws:iam::222222222222:role/pipeline"
TOPIC = "arn:aws:sns:us-east-1:222222222222:user-management-staging-warning"
READER = "arn:aws:iam::333333333333:role/user-management-prod-pipeline"
PULLER = "arn:aws:iam::333333333333:role/user-management-prod-promote"
BUILDS = ("backend-build", "frontend-build", "integration-tests", "tag-release", "migrate", "publish", "hand-over")


def action(name: str, provider: str, **configuration: str) -> dict[str, Any]:
    return {"name": name, "actionTypeId": {"provider": provider}, "configuration": configuration}


def allowed(role: str, *actions: str, resource: str = "*") -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::333333333333:root"},
        "Action": list(actions),
        "Resource": resource,
        "Condition": {"StringEquals": {"aws:PrincipalArn": role}},
    }


@dataclass
class World:
    """What the API of an account answers."""

    environment: Environment
    pipeline: dict[str, Any] = field(default_factory=dict)
    projects: dict[str, dict[str, Any]] = field(default_factory=dict)
    inwards: list[Any] = field(default_factory=list)
    ports: dict[str, list[int]] = field(default_factory=dict)
    connection: dict[str, str] = field(
        default_factory=lambda: {"ProviderType": "GitHub", "ConnectionStatus": "PENDING"}
    )
    role: dict[str, Any] = field(default_factory=dict)
    managed: list[str] = field(default_factory=list)
    actions: list[str] = field(default_factory=lambda: ["codebuild:StartBuild"])
    bucket_key: str = KEY
    versions: str = "Enabled"
    public: bool = False
    bucket_policy: list[dict[str, Any]] = field(default_factory=list)
    key_policy: list[dict[str, Any]] = field(default_factory=list)
    repository_policy: list[dict[str, Any]] = field(default_factory=list)
    alarms: list[str] = field(default_factory=lambda: ["errors"])
    rules: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        names = self.environment.names

        def project(name: str) -> str:
            return names.name(name, limit=NameLimit.CODEBUILD)

        def build(name: str) -> dict[str, Any]:
            return action(name, "CodeBuild", ProjectName=project(name))

        alarm = {"ruleTypeId": {"provider": "CloudWatchAlarm"}, "configuration": {"AlarmName": "errors"}}
        source = action(
            "source",
            "CodeStarSourceConnection",
            FullRepositoryId="acme/user-management",
            BranchName="main",
            DetectChanges="false",
            ConnectionArn="arn",
        )
        stages = {
            "Source": [source],
            "Build": [build("backend-build"), build("frontend-build")],
            "Test": [build("integration-tests")],
            "Release": [build("tag-release")],
            "Migrate": [build("migrate"), build("publish")],
            "Deploy": [action("backend-deploy", "CodeDeployToECS")],
            "HandOver": [build("hand-over")],
        }
        push = {"branches": {"includes": ["main"]}}
        self.pipeline = {
            "name": names.name("delivery", limit=NameLimit.CODEPIPELINE),
            "pipelineType": "V2",
            "executionMode": "QUEUED",
            "roleArn": PIPELINE_ROLE,
            "artifactStore": {"location": names.bucket_name("artifacts"), "encryptionKey": {"id": KEY}},
            "stages": [{"name": name, "actions": actions} for name, actions in stages.items()],
            "triggers": [{"gitConfiguration": {"sourceActionName": "source", "push": [push]}}],
        }
        self.stage("Migrate").update(beforeEntry={"conditions": [{"rules": [alarm]}]})
        self.stage("Deploy").update(onFailure={"result": "ROLLBACK"})
        for name in BUILDS:
            owner = {
                variable: names.path(f"{database}/owner/url")
                for variable, database in (("DATABASE_URL", "postgres"), ("DOCUMENTDB_URL", "documentdb"))
            }
            spec = {"env": {"parameter-store": owner if name == "migrate" else {}}}
            self.projects[name] = {
                "name": project(name),
                "encryptionKey": KEY,
                "serviceRole": f"arn:aws:iam::222222222222:role/{name}",
                "environment": {"type": "ARM_CONTAINER", "environmentVariables": [{"name": "SERVICE", "value": "a"}]},
                "vpcConfig": {"subnets": ["private"], "securityGroupIds": [name]},
                "logsConfig": {"cloudWatchLogs": {"groupName": name}},
                "source": {"buildspec": yaml.safe_dump(spec)},
            }
        self.ports = {"migrate": [443, 5432, 27017], "backend-build": [443, 80], "frontend-build": [443, 80]}
        self.role = {"PermissionsBoundary": {"PermissionsBoundaryArn": "boundary"}}
        releases = names.bucket_name("releases")
        tls = {"Effect": "Deny", "Principal": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
        read = allowed(READER, "s3:GetObject", resource=f"arn:aws:s3:::{releases}/releases/staging/*")
        self.bucket_policy = [tls, read]
        self.key_policy = [allowed(READER, "kms:Decrypt")]
        self.repository_policy = [allowed(PULLER, "ecr:BatchGetImage")]
        self.rules = [
            {"source": ["aws.codepipeline"], "detail": {"pipeline": [self.pipeline["name"]], "state": ["FAILED"]}},
            {"source": ["aws.codepipeline"], "detail": {"pipeline": [self.pipeline["name"]], "state": ["STOPPED"]}},
        ]

    def stage(self, name: str) -> dict[str, Any]:
        return next(stage for stage in self.pipeline["stages"] if stage["name"] == name)

    def client(self, _: str) -> World:
        return self

    def get_paginator(self, operation: str) -> Pages:
        pages = {
            "describe_alarms": {"MetricAlarms": [{"AlarmName": name} for name in self.alarms]},
            "list_topics": {"Topics": [{"TopicArn": TOPIC}]},
            "list_aliases": {"Aliases": [{"AliasName": "alias/user-management-staging-delivery", "TargetKeyId": "1"}]},
            "list_rules": {"Rules": [{"EventPattern": json.dumps(rule)} for rule in self.rules]},
        }
        return Pages(pages[operation])

    def get_pipeline(self, name: str) -> dict[str, Any]:
        assert name == self.pipeline["name"]
        return {"pipeline": self.pipeline}

    def get_connection(self, **_: str) -> dict[str, Any]:
        return {"Connection": self.connection}

    def batch_get_projects(self, names: list[str]) -> dict[str, Any]:
        return {"projects": [one for one in self.projects.values() if one["name"] in names]}

    def describe_key(self, **_: str) -> dict[str, Any]:
        return {"KeyMetadata": {"Arn": KEY}}

    def get_key_policy(self, **_: str) -> dict[str, str]:
        return {"Policy": json.dumps({"Statement": self.key_policy})}

    def get_repository_policy(self, **_: str) -> dict[str, str]:
        return {"policyText": json.dumps({"Statement": self.repository_policy})}

    def get_bucket_encryption(self, **_: str) -> dict[str, Any]:
        rule = {"ApplyServerSideEncryptionByDefault": {"KMSMasterKeyID": self.bucket_key}}
        return {"ServerSideEncryptionConfiguration": {"Rules": [rule]}}

    def get_bucket_versioning(self, **_: str) -> dict[str, str]:
        return {"Status": self.versions}

    def get_public_access_block(self, **_: str) -> dict[str, Any]:
        return {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True, "BlockPublicPolicy": not self.public}}

    def get_bucket_policy(self, **_: str) -> dict[str, str]:
        return {"Policy": json.dumps({"Statement": self.bucket_policy})}

    def describe_subnets(self, **_: Any) -> dict[str, Any]:
        private = [str(zone.private_cidr) for zone in self.environment.network.zones]
        return {"Subnets": [{"CidrBlock": block} for block in private]}

    def describe_security_groups(self, GroupIds: list[str]) -> dict[str, Any]:  # noqa: N803 (boto3's)
        (name,) = GroupIds
        out = [{"FromPort": port, "ToPort": port} for port in self.ports.get(name, [443])]
        return {"SecurityGroups": [{"IpPermissions": self.inwards, "IpPermissionsEgress": out}]}

    def describe_log_groups(self, **_: str) -> dict[str, Any]:
        return {"logGroups": [{"kmsKeyId": KEY}]}

    def get_role(self, RoleName: str) -> dict[str, Any]:  # noqa: N803
        service = "codepipeline" if RoleName == "pipeline" else "codebuild"
        trust = {"Statement": [{"Principal": {"Service": f"{service}.amazonaws.com"}}]}
        return {"Role": {"RoleName": RoleName, "AssumeRolePolicyDocument": trust, **self.role}}

    def list_attached_role_policies(self, **_: str) -> dict[str, Any]:
        return {"AttachedPolicies": self.managed}

    def list_role_policies(self, **_: str) -> dict[str, Any]:
        return {"PolicyNames": ["permissions"]}

    def get_role_policy(self, **_: str) -> dict[str, Any]:
        return {"PolicyDocument": {"Statement": [{"Action": self.actions}]}}

    def found(self) -> list[str]:
        session = cast("boto3.Session", self)
        return [line for _, check in find_checks({"delivery"}) for line in check(self.environment, session)]


@dataclass
class Pages:
    page: dict[str, Any]

    def paginate(self, **_: Any) -> Iterator[dict[str, Any]]:
        yield self.page


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
            _set("ports", {"backend-build": [443, 80, 5432], "migrate": [443, 5432, 27017]}),
            "the ports that backend-build",
        ),
        (_set("ports", {"integration-tests": [443, 80]}), "the ports that integration-tests"),
        (
            _in_project("environment", {"type": "ARM_CONTAINER", "environmentVariables": [{"name": "NPM_TOKEN"}]}),
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
