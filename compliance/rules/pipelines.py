"""Pipelines and their builds: of the type that is asked for, in private subnets, and able to do what they shall do."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from compliance.evaluation import matches_action
from compliance.grants import role_statements
from compliance.graph import Graph
from compliance.policies import is_allow, many
from compliance.references import of_same_environment, referred
from compliance.rule import Finding, rule, rule_with_others
from compliance.rules.secrets import has_secret
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from compliance.graph import Node
    from synthesis.manifest import Stack
    from synthesis.template import Resource

    Block = Mapping[str, Any]

_PIPELINE: Final = "aws_codepipeline"
_PROJECT: Final = "aws_codebuild_project"
_GUIDE: Final = "https://docs.aws.amazon.com/codepipeline/latest/userguide"


@dataclass(frozen=True, kw_only=True)
class _Needed:
    """What the role of a pipeline must be allowed for the actions of a provider, and AWS's page on it."""

    actions: tuple[str, ...]
    page: str
    only_with: str = ""
    """The configuration without which nothing is needed."""


_NEEDED: Final[Mapping[str, _Needed]] = {
    "CloudWatchAlarm": _Needed(
        actions=("cloudwatch:DescribeAlarms",), page=f"{_GUIDE}/rule-reference-CloudWatchAlarm.html"
    ),
    "CodeBuild": _Needed(
        actions=("codebuild:BatchGetBuilds", "codebuild:StartBuild"), page=f"{_GUIDE}/action-reference-CodeBuild.html"
    ),
    "CodeDeployToECS": _Needed(
        actions=(
            "codedeploy:CreateDeployment",
            "codedeploy:GetApplication",
            "codedeploy:GetApplicationRevision",
            "codedeploy:GetDeployment",
            "codedeploy:GetDeploymentConfig",
            "codedeploy:RegisterApplicationRevision",
            "ecs:RegisterTaskDefinition",
            "ecs:TagResource",
            "iam:PassRole",
        ),
        page=f"{_GUIDE}/action-reference-ECSbluegreen.html",
    ),
    "CodeStarSourceConnection": _Needed(
        actions=(
            "codeconnections:UseConnection",
            "codestar-connections:UseConnection",
            "s3:PutObject",
            "s3:PutObjectAcl",
        ),
        page="https://repost.aws/knowledge-center/codepipeline-access-denied-errors",
    ),
    "DeploymentWindow": _Needed(actions=(), page=f"{_GUIDE}/rule-reference-DeploymentWindow.html"),
    "ECS": _Needed(
        actions=(
            "ecs:DescribeServices",
            "ecs:DescribeTaskDefinition",
            "ecs:DescribeTasks",
            "ecs:ListTasks",
            "ecs:RegisterTaskDefinition",
            "ecs:TagResource",
            "ecs:UpdateService",
            "iam:PassRole",
        ),
        page=f"{_GUIDE}/action-reference-ECS.html",
    ),
    "Manual": _Needed(
        actions=("sns:Publish",), page=f"{_GUIDE}/approvals-iam-permissions.html", only_with="NotificationArn"
    ),
    "S3": _Needed(
        actions=("s3:GetBucketVersioning", "s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket"),
        page=f"{_GUIDE}/action-reference-S3.html",
    ),
}


@rule
def pipeline_has_conditions_and_triggers(stack: Stack) -> Iterator[Finding]:
    """A pipeline is of type V2, which is not the provider's default, with triggers and a mode that AWS accepts."""
    for pipeline in stack.all(_PIPELINE):
        if pipeline.get("pipeline_type") != "V2":
            yield Finding.about(pipeline, 'pipeline_type must be "V2": V1 has no triggers, conditions and variables')
        mode = pipeline.get("execution_mode")
        if mode is None:
            yield Finding.about(pipeline, "does not set execution_mode; with SUPERSEDED a release can replace another")
        rolls_back = any(
            failure.get("result") == "ROLLBACK"
            for stage in blocks(pipeline.get("stage"))
            for failure in blocks(stage.get("on_failure"))
        )
        if mode == "PARALLEL" and rolls_back:
            yield Finding.about(pipeline, f"rolls back, which AWS refuses with PARALLEL: {_GUIDE}/stage-rollback.html")
        for push in _pushes(pipeline):
            if push.get("branches") and push.get("tags"):
                yield Finding.about(
                    pipeline, f"one push has branches and tags, which AWS refuses: {_GUIDE}/pipelines-filter.html"
                )
        for action in _actions(pipeline):
            detects = (action.get("configuration") or {}).get("DetectChanges")
            if action.get("provider") == "CodeStarSourceConnection" and list(_pushes(pipeline)) and detects != "false":
                yield Finding.about(
                    pipeline, f"{action.get('name')} must have DetectChanges = false: each push would start it twice"
                )


@rule
def pipeline_encrypts_its_artifacts(stack: Stack) -> Iterator[Finding]:
    """The artifacts of a pipeline are encrypted with a customer managed key, which each build uses too."""
    for pipeline in stack.all(_PIPELINE):
        for store in blocks(pipeline.get("artifact_store")):
            key = next(iter(blocks(store.get("encryption_key"))), {})
            if key.get("type") != "KMS" or not key.get("id"):
                yield Finding.about(pipeline, "its artifact_store has no encryption_key of type KMS")
    for project in stack.all(_PROJECT):
        if not project.get("encryption_key"):
            yield Finding.about(project, "encryption_key is not set, so what it writes has the key of AWS")


@rule_with_others
def build_runs_in_private_subnets(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """A build is in subnets that have no way in from the internet, and nothing may connect to it."""
    graph = Graph(of_same_environment(stack, stacks))
    for project in stack.all(_PROJECT):
        place = project.block("vpc_config")
        if not place.get("subnets") or not place.get("security_group_ids"):
            yield Finding.about(project, "has no vpc_config with subnets and security groups")
        for subnet in graph.follow(stack, place.get("subnets"), "aws_subnet"):
            if subnet.get("map_public_ip_on_launch") or _is_public(graph, subnet):
                yield Finding.about(project, f"is in {subnet.place}, which has a route to an internet gateway")
        for group in graph.follow(stack, place.get("security_group_ids"), "aws_security_group"):
            for opening in graph.sources(group, "aws_vpc_security_group_ingress_rule", by="security_group_id"):
                yield Finding.about(project, f"{opening.place} lets others connect to it; nothing calls a build")


@rule
def pipeline_passes_no_secret(stack: Stack) -> Iterator[Finding]:
    """An action gives a build its secrets by reference: the configuration of a pipeline is readable, and in its runs.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html#action-reference-CodeBuild-config
    """
    for pipeline in stack.all(_PIPELINE):
        for action in _actions(pipeline):
            text = (action.get("configuration") or {}).get("EnvironmentVariables")
            for variable in json.loads(text) if text else ():
                if variable.get("type", "PLAINTEXT") == "PLAINTEXT" and has_secret(variable):
                    yield Finding.about(
                        pipeline, f"{action.get('name')} passes {variable['name']} in plain text; use PARAMETER_STORE"
                    )


@rule_with_others
def pipeline_role_allows_its_actions(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """The role of a pipeline may do what each of its actions and conditions does, as AWS's pages list it."""
    for pipeline in stack.all(_PIPELINE):
        allowed = [
            action
            for owner, role in referred(pipeline.get("role_arn"), stack, stacks)
            for statement in role_statements(role, owner, stacks)
            if is_allow(statement)
            for action in many(statement.get("Action"))
        ]
        for provider, configuration in _providers(pipeline):
            needed = _NEEDED.get(provider)
            if needed is None:
                yield Finding.about(pipeline, f"{provider} is in no table of compliance/rules/pipelines.py")
            elif not needed.only_with or configuration.get(needed.only_with):
                for action in needed.actions:
                    if not any(matches_action(pattern, action) for pattern in allowed):
                        yield Finding.about(
                            pipeline, f"its role does not allow {action}, which {provider} needs: {needed.page}"
                        )


def _actions(pipeline: Resource) -> Iterator[Block]:
    for stage in blocks(pipeline.get("stage")):
        yield from blocks(stage.get("action"))


def _providers(pipeline: Resource) -> Iterator[tuple[str, Block]]:
    """The provider of each action, and of each rule of a condition, with its configuration."""
    for action in _actions(pipeline):
        yield str(action.get("provider")), action.get("configuration") or {}
    for stage in blocks(pipeline.get("stage")):
        for when in ("before_entry", "on_success", "on_failure"):
            for condition in (one for block in blocks(stage.get(when)) for one in blocks(block.get("condition"))):
                for one in blocks(condition.get("rule")):
                    kind = next(iter(blocks(one.get("rule_type_id"))), {})
                    yield str(kind.get("provider")), one.get("configuration") or {}


def _pushes(pipeline: Resource) -> Iterator[Block]:
    for trigger in blocks(pipeline.get("trigger")):
        for git in blocks(trigger.get("git_configuration")):
            yield from blocks(git.get("push"))


def _is_public(graph: Graph, subnet: Node) -> bool:
    return any(
        graph.targets(route, "gateway_id", "aws_internet_gateway")
        for association in graph.sources(subnet, "aws_route_table_association", by="subnet_id")
        for table in graph.targets(association, "route_table_id", "aws_route_table")
        for route in graph.sources(table, "aws_route", by="route_table_id")
    )
