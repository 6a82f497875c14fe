"""What a role of a pipeline and of its builds may do at most."""

from __future__ import annotations

import pytest

from compliance.evaluation import Request, is_allowed
from compliance.policies import parsed
from modules.policy import render_statements
from modules.security.delivery_limits import delivery_limits
from tests.template import LABEL

ACCOUNT, PREFIX = "444444444444", "user-management-test"
TASKS = {"iam:passedtoservice": ["ecs-tasks.amazonaws.com"]}


def allows(action: str, resource: str, **context: list[str]) -> bool:
    """Whether the boundary lets a role with every permission make the call."""
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    limits = parsed(render_statements(*delivery_limits(LABEL)))
    return is_allowed(
        Request(action=action, resource=resource, context=context), identity=[everything], boundary=limits
    )


def of(service: str, resource: str) -> str:
    return f"arn:aws:{service}:us-east-1:{ACCOUNT}:{resource}"


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("codebuild:StartBuild", of("codebuild", f"project/{PREFIX}-migrate")),
        ("codedeploy:CreateDeployment", of("codedeploy", f"deploymentgroup:{PREFIX}-api/{PREFIX}-api")),
        ("codedeploy:GetDeploymentConfig", of("codedeploy", "deploymentconfig:CodeDeployDefault.ECSAllAtOnce")),
        ("ecs:UpdateService", of("ecs", f"service/{PREFIX}-cluster/api")),
        ("logs:PutLogEvents", of("logs", f"log-group:/aws/codebuild/{PREFIX}-migrate:log-stream:x")),
        ("s3:GetObject", "arn:aws:s3:::user-management-staging-releases-111111111111/releases/staging/release.zip"),
        ("s3:PutObject", f"arn:aws:s3:::{PREFIX}-artifacts-{ACCOUNT}/a"),
        ("s3:PutObjectAcl", f"arn:aws:s3:::{PREFIX}-artifacts-{ACCOUNT}/a"),
        ("s3:PutObjectTagging", f"arn:aws:s3:::{PREFIX}-artifacts-{ACCOUNT}/a"),
        ("ssm:GetParameter", of("ssm", "parameter/user-management/test/postgres/owner/url")),
    ],
)
def test_what_a_release_needs_is_within_it(action: str, resource: str) -> None:
    assert allows(action, resource)


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("codebuild:StartBuild", of("codebuild", "project/user-management-other-migrate")),
        ("codebuild:UpdateProject", of("codebuild", f"project/{PREFIX}-migrate")),
        ("codedeploy:UpdateDeploymentGroup", of("codedeploy", f"deploymentgroup:{PREFIX}-api/{PREFIX}-api")),
        ("ecs:UpdateService", of("ecs", "service/user-management-other-cluster/api")),
        ("ecr:DeleteRepository", of("ecr", "repository/user-management-api")),
        ("ecr:SetRepositoryPolicy", of("ecr", "repository/user-management-api")),
        ("iam:CreateRole", f"arn:aws:iam::{ACCOUNT}:role/{PREFIX}-x"),
        ("s3:PutObject", "arn:aws:s3:::user-management-staging-releases-111111111111/releases/staging/release.zip"),
        ("s3:PutObject", f"arn:aws:s3:::{PREFIX}-audit-{ACCOUNT}/a"),
        ("s3:PutObjectAcl", f"arn:aws:s3:::{PREFIX}-audit-{ACCOUNT}/a"),
        ("s3:PutBucketPolicy", f"arn:aws:s3:::{PREFIX}-artifacts-{ACCOUNT}"),
        ("s3:GetObject", f"arn:aws:s3:::user-management-test-state-{ACCOUNT}/data/terraform.tfstate"),
        ("ssm:GetParameter", of("ssm", "parameter/user-management/other/postgres/owner/url")),
        ("ssm:PutParameter", of("ssm", "parameter/user-management/test/postgres/owner/url")),
    ],
)
def test_no_role_of_a_pipeline_gets_further(action: str, resource: str) -> None:
    assert not allows(action, resource)


def test_roles_are_passed_to_tasks_of_the_environment_only() -> None:
    own, other = (f"arn:aws:iam::{ACCOUNT}:role/{name}-api-task" for name in (PREFIX, "user-management-other"))
    assert allows("iam:PassRole", own, **TASKS)
    assert not allows("iam:PassRole", other, **TASKS)
    assert not allows("iam:PassRole", own, **{"iam:passedtoservice": ["lambda.amazonaws.com"]})
