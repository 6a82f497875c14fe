"""An account whose API answers what the layer `delivery` makes in staging, all of it right."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import yaml
from botocore.exceptions import ClientError

from acceptance.checks import find_checks
from config.names import NameLimit

if TYPE_CHECKING:
    from collections.abc import Iterator

    import boto3

    from config.environment import Environment

KEY = "arn:aws:kms:us-east-1:222222222222:key/1"
PIPELINE_ROLE = "arn:aws:iam::222222222222:role/pipeline"
TOPIC = "arn:aws:sns:us-east-1:222222222222:user-management-staging-warning"
READER = "arn:aws:iam::333333333333:role/user-management-prod-pipeline"
PULLER = "arn:aws:iam::333333333333:role/user-management-prod-promote"
PROGRAMS = (
    {"name": "PROGRAMS_BUCKET", "value": "artifacts"},
    {"name": "PROGRAMS_KEY", "value": "build-steps.zip"},
    {"name": "PROGRAMS_VERSION", "value": "1"},
)
BUILDS = ("backend-build", "frontend-build", "integration-tests", "tag-release", "migrate", "publish", "hand-over")


def action(name: str, provider: str, **configuration: str) -> dict[str, Any]:
    return {"name": name, "actionTypeId": {"provider": provider}, "configuration": configuration}


def out(port: int, *groups: str) -> dict[str, Any]:
    """A rule of a security group; without groups, to everywhere."""
    peers = (
        {"UserIdGroupPairs": [{"GroupId": one} for one in groups]}
        if groups
        else {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    )
    return {"FromPort": port, "ToPort": port, **peers}


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
    out: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    inside: dict[str, list[str]] = field(default_factory=lambda: {"instance": ["migrate"], "cluster": ["migrate"]})
    owner_host: str = "instance.example"
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
    expires: str = "user-management-stag/"
    programs_version: str = "1"
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
                "environment": {"type": "ARM_CONTAINER", "environmentVariables": list(PROGRAMS)},
                "vpcConfig": {"subnets": ["private"], "securityGroupIds": [name]},
                "logsConfig": {"cloudWatchLogs": {"groupName": name}},
                "source": {"buildspec": yaml.safe_dump(spec)},
            }
        self.out = {"migrate": [out(443), out(5432, "instance"), out(27017, "cluster")]}
        self.out |= {f"{service}-build": [out(443), out(80)] for service in self.environment.services}
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

    def head_object(self, VersionId: str, **_: str) -> dict[str, Any]:  # noqa: N803
        if VersionId != self.programs_version:
            raise ClientError({"Error": {"Code": "404", "Message": "Not Found"}}, "HeadObject")
        return {}

    def get_bucket_lifecycle_configuration(self, **_: str) -> dict[str, Any]:
        old = {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": ""}, "NoncurrentVersionExpiration": {}}
        rule = {"ID": "expire", "Status": "Enabled", "Filter": {"Prefix": self.expires}, "Expiration": {"Days": 90}}
        return {"Rules": [old, rule]}

    def get_bucket_policy(self, **_: str) -> dict[str, str]:
        return {"Policy": json.dumps({"Statement": self.bucket_policy})}

    def describe_subnets(self, **_: Any) -> dict[str, Any]:
        private = [str(zone.private_cidr) for zone in self.environment.network.zones]
        return {"Subnets": [{"CidrBlock": block} for block in private]}

    def describe_security_groups(self, GroupIds: list[str]) -> dict[str, Any]:  # noqa: N803 (boto3's)
        (name,) = GroupIds
        port = {"instance": 5432, "proxy": 5432, "cluster": 27017}.get(name)
        inwards = [out(port, *self.inside.get(name, []))] if port else self.inwards
        return {"SecurityGroups": [{"IpPermissions": inwards, "IpPermissionsEgress": self.out.get(name, [out(443)])}]}

    def get_parameter(self, Name: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        postgres = f"postgresql://owner:secret@{self.owner_host}/users"
        value = postgres if "/postgres/" in Name else "mongodb://owner:secret@cluster.example:27017/?tls=true"
        return {"Parameter": {"Value": value}}

    def describe_db_proxies(self) -> dict[str, Any]:
        return {"DBProxies": [{"Endpoint": "proxy.example", "VpcSecurityGroupIds": ["proxy"]}]}

    def describe_db_instances(self) -> dict[str, Any]:
        groups = [{"VpcSecurityGroupId": "instance"}]
        return {"DBInstances": [{"Endpoint": {"Address": "instance.example"}, "VpcSecurityGroups": groups}]}

    def describe_db_clusters(self) -> dict[str, Any]:
        groups = [{"VpcSecurityGroupId": "cluster"}]
        return {"DBClusters": [{"Endpoint": "cluster.example", "VpcSecurityGroups": groups}]}

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
