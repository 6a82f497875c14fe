"""Samples for the rules on pipelines and builds."""

from __future__ import annotations

import json
from typing import Any

from tests.compliance.samples import Sample, changed, policy, sample, without

_PIPELINE, _PROJECT, _ROLE = "aws_codepipeline.p", "aws_codebuild_project.b", "aws_iam_role_policy.p"
_PUBLIC_ROUTE, _OPENING = "aws_route.internet", "aws_vpc_security_group_ingress_rule.i"
_ACTIONS = [
    "cloudwatch:DescribeAlarms",
    "codebuild:BatchGetBuilds",
    "codebuild:StartBuild",
    "codeconnections:UseConnection",
    "codestar-connections:UseConnection",
    "codedeploy:*",
    "ecs:RegisterTaskDefinition",
    "ecs:TagResource",
    "iam:PassRole",
    "s3:PutObject",
    "s3:PutObjectAcl",
    "sns:Publish",
]


def _allows(*actions: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return {"role": "${aws_iam_role.p.id}", "policy": policy(statement)}


def _action(provider: str, **configuration: str) -> dict[str, Any]:
    return {"name": provider.lower(), "provider": provider, "configuration": configuration}


def _condition(provider: str) -> dict[str, Any]:
    return {"condition": {"result": "FAIL", "rule": [{"name": "r", "rule_type_id": {"provider": provider}}]}}


def _variables(*variables: dict[str, str]) -> dict[str, Any]:
    build = _action(
        "CodeBuild", ProjectName="${aws_codebuild_project.b.name}", EnvironmentVariables=json.dumps(variables)
    )
    return {"stage": [{"name": "Build", "action": [build]}]}


def _pushes(*pushes: dict[str, Any]) -> dict[str, Any]:
    return {"trigger": [{"git_configuration": {"source_action_name": "source", "push": list(pushes)}}]}


_BRANCH, _TAG = {"branches": {"includes": ["main"]}}, {"tags": {"includes": ["v*"]}}
_SOURCE = _action("CodeStarSourceConnection", DetectChanges="false")
_STAGES = [
    {"name": "Source", "action": [_SOURCE]},
    {"name": "Build", "action": [_action("CodeBuild", EnvironmentVariables='[{"name": "REBUILD", "value": "x"}]')]},
    {"name": "Approval", "action": [_action("Manual", NotificationArn="arn")]},
    {
        "name": "Deploy",
        "action": [_action("CodeDeployToECS")],
        "before_entry": _condition("CloudWatchAlarm"),
        "on_failure": {"result": "ROLLBACK"},
    },
]
_STORE = {"type": "S3", "encryption_key": {"id": "${aws_kms_key.k.arn}", "type": "KMS"}}
_PLACE = {"subnets": ["${aws_subnet.private.id}"], "security_group_ids": ["${aws_security_group.b.id}"]}
_TABLE = {"route_table_id": "${aws_route_table.private.id}"}
_GOOD: dict[str, dict[str, Any]] = {
    _PIPELINE: {
        "pipeline_type": "V2",
        "execution_mode": "QUEUED",
        "role_arn": "${aws_iam_role.p.arn}",
        "artifact_store": [_STORE],
        "stage": _STAGES,
        **_pushes(_BRANCH, _TAG),
    },
    _ROLE: _allows(*_ACTIONS),
    "aws_iam_role.p": {},
    _PROJECT: {"encryption_key": "${aws_kms_key.k.arn}", "vpc_config": _PLACE},
    "aws_kms_key.k": {},
    "aws_security_group.b": {},
    "aws_vpc_security_group_egress_rule.e": {"security_group_id": "${aws_security_group.b.id}"},
    "aws_subnet.private": {},
    "aws_subnet.open": {"map_public_ip_on_launch": True},
    "aws_route_table.private": {},
    "aws_route_table_association.private": {**_TABLE, "subnet_id": "${aws_subnet.private.id}"},
    "aws_route.nat": {**_TABLE, "nat_gateway_id": "${aws_nat_gateway.n.id}"},
    "aws_nat_gateway.n": {},
    "aws_internet_gateway.g": {},
}
_ASKED, _KEY, _PRIVATE = (
    "pipeline-has-conditions-and-triggers",
    "pipeline-encrypts-its-artifacts",
    "build-runs-in-private-subnets",
)
_SECRET, _MAY = "pipeline-passes-no-secret", "pipeline-role-allows-its-actions"


def _pipeline(rule: str, says: str, **arguments: Any) -> Sample:
    return sample(rule, _GOOD, changed(_GOOD, _PIPELINE, **arguments), at=_PIPELINE, says=says)


def _project(rule: str, says: str, more: dict[str, dict[str, Any]] | None = None, **arguments: Any) -> Sample:
    return sample(rule, _GOOD, {**changed(_GOOD, _PROJECT, **arguments), **(more or {})}, at=_PROJECT, says=says)


def _without_action(action: str, *others: str, says: str) -> Sample:
    kept = [one for one in _ACTIONS if one != action]
    bad = changed(_GOOD, _ROLE, **_allows(*kept, *others))
    return sample(_MAY, _GOOD, bad, at=_PIPELINE, says=says)


def _ends(provider: str) -> dict[str, Any]:
    return {"stage": [{"name": "Deploy", "action": [_action(provider)]}]}


SAMPLES: tuple[Sample, ...] = (
    *(_pipeline(_ASKED, 'pipeline_type must be "V2"', pipeline_type=value) for value in (None, "V1")),
    _pipeline(_ASKED, "does not set execution_mode", execution_mode=None),
    _pipeline(_ASKED, "rolls back, which AWS refuses with PARALLEL", execution_mode="PARALLEL"),
    _pipeline(_ASKED, "one push has branches and tags", **_pushes(_BRANCH | _TAG)),
    _pipeline(
        _ASKED,
        "codestarsourceconnection must have DetectChanges = false",
        stage=[{"name": "Source", "action": [_action("CodeStarSourceConnection")]}],
    ),
    _pipeline(_KEY, "its artifact_store has no encryption_key", artifact_store=[{"type": "S3"}]),
    _pipeline(_KEY, "its artifact_store has no encryption_key", artifact_store=[{"encryption_key": {"type": "KMS"}}]),
    _project(_KEY, "encryption_key is not set", encryption_key=None),
    _project(_PRIVATE, "has no vpc_config", vpc_config=None),
    _project(_PRIVATE, "has no vpc_config", vpc_config={"subnets": ["${aws_subnet.private.id}"]}),
    _project(_PRIVATE, "is in test-unit/aws_subnet.open", vpc_config={**_PLACE, "subnets": ["${aws_subnet.open.id}"]}),
    _project(
        _PRIVATE,
        "is in test-unit/aws_subnet.private, which has a route to an internet gateway",
        {_PUBLIC_ROUTE: {**_TABLE, "gateway_id": "${aws_internet_gateway.g.id}"}},
    ),
    _project(
        _PRIVATE,
        f"test-unit/{_OPENING} lets others connect to it",
        {_OPENING: {"security_group_id": "${aws_security_group.b.id}"}},
    ),
    _pipeline(
        _SECRET,
        "codebuild passes NPM_TOKEN in plain text",
        **_variables({"name": "NPM_TOKEN", "value": "x"}),
    ),
    _pipeline(
        _SECRET,
        "codebuild passes PASSWORD in plain text",
        **_variables(
            {"name": "API_KEY", "value": "/app/key", "type": "PARAMETER_STORE"},
            {"name": "PASSWORD", "value": "x", "type": "PLAINTEXT"},
        ),
    ),
    _without_action("codebuild:StartBuild", says="does not allow codebuild:StartBuild, which CodeBuild needs: https"),
    _without_action("cloudwatch:DescribeAlarms", says="cloudwatch:DescribeAlarms, which CloudWatchAlarm needs"),
    _without_action("s3:PutObjectAcl", says="s3:PutObjectAcl, which CodeStarSourceConnection needs: https"),
    _without_action("sns:Publish", says="sns:Publish, which Manual needs"),
    _without_action("codedeploy:*", "codedeploy:Get*", says="codedeploy:CreateDeployment, which CodeDeployToECS needs"),
    _pipeline(_MAY, "does not allow s3:ListBucket, which S3 needs", **_ends("S3")),
    _pipeline(_MAY, "does not allow ecs:UpdateService, which ECS needs", **_ends("ECS")),
    _pipeline(_MAY, "Lambda is in no table", **_ends("Lambda")),
    sample(_MAY, _GOOD, without(_GOOD, _ROLE), at=_PIPELINE, says="does not allow iam:PassRole"),
)
