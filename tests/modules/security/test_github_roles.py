"""The GitHub roles trust only the subjects in the settings, and `apply` cannot change what limits it."""

from __future__ import annotations

from typing import Any

import pytest

from config.security import GithubSettings
from modules.security.github_roles import GithubRoles
from tests.modules.security.stores import state_store
from tests.template import LABEL, Template, new_stack, statements

SUBJECT = "token.actions.githubusercontent.com:sub"
AUDIENCE = "token.actions.githubusercontent.com:aud"


def template(**settings: Any) -> Template:
    stack = new_stack()
    config = {"repository": "acme/infra", "branch": "main", "plan_pull_requests": True, **settings}
    state = state_store(stack, LABEL)
    github = GithubSettings.model_validate({key: value for key, value in config.items() if value is not None})
    GithubRoles(
        stack, "github", config=github, label=LABEL, state=state, copies=None, regions=("us-east-1", "eu-west-1")
    )
    return Template.of(stack)


@pytest.fixture(scope="module")
def plain() -> Template:
    return template()


def trust(template: Template, role: str) -> dict[str, Any]:
    (statement,) = statements(template.named(f"aws_iam_role.github_{role}")["assume_role_policy"])
    conditions = statement["Condition"]
    assert set(conditions) == {"StringEquals"}  # a pattern would match other subjects
    equal: dict[str, Any] = conditions["StringEquals"]
    return equal


def allowed(template: Template, role: str) -> list[dict[str, Any]]:
    return statements(template.named(f"aws_iam_role_policy.github_{role}_permissions")["policy"])


def test_only_the_branch_may_apply(plain: Template) -> None:
    assert trust(plain, "apply") == {AUDIENCE: "sts.amazonaws.com", SUBJECT: "repo:acme/infra:ref:refs/heads/main"}


def test_only_apply_may_last_for_longer_than_an_hour(plain: Template) -> None:
    hours = {id_: role.get("max_session_duration") for id_, role in plain.all("aws_iam_role").items()}
    assert sorted(hours.values(), key=str) == [14400, None]
    assert next(id_ for id_, seconds in hours.items() if seconds).startswith("github_apply")


def test_pull_requests_may_plan_where_the_setting_says_so(plain: Template) -> None:
    assert trust(plain, "plan")[SUBJECT] == ["repo:acme/infra:ref:refs/heads/main", "repo:acme/infra:pull_request"]
    assert trust(template(plan_pull_requests=False), "plan")[SUBJECT] == "repo:acme/infra:ref:refs/heads/main"


def test_an_environment_replaces_the_branch() -> None:
    limited = template(branch=None, environment="production")
    assert trust(limited, "apply")[SUBJECT] == "repo:acme/infra:environment:production"
    # What is to be approved is planned before, so not in the environment that asks for it.
    assert trust(limited, "plan")[SUBJECT] == [
        "repo:acme/infra:environment:production",
        "repo:acme/infra:environment:production-plan",
        "repo:acme/infra:pull_request",
    ]


def test_the_account_trusts_github_for_aws_only(plain: Template) -> None:
    provider = plain.only("aws_iam_openid_connect_provider")
    assert provider["url"] == "https://token.actions.githubusercontent.com"
    assert provider["client_id_list"] == ["sts.amazonaws.com"]


def test_an_existing_provider_is_used_by_its_name() -> None:
    there = template(create_provider=False)
    assert there.all("aws_iam_openid_connect_provider") == {}
    (statement,) = statements(there.named("aws_iam_role.github_plan")["assume_role_policy"])
    assert statement["Principal"] == {
        "Federated": "arn:aws:iam::444444444444:oidc-provider/token.actions.githubusercontent.com"
    }


def test_plan_writes_nothing_but_a_lock(plain: Template) -> None:
    writes = [
        (action, s["Resource"])
        for s in allowed(plain, "plan")
        for action in ([s["Action"]] if isinstance(s["Action"], str) else s["Action"])
        if action.partition(":")[2].startswith(("Put", "Delete", "Create", "Update"))
    ]
    assert {action for action, _ in writes} == {
        "s3:PutObject",
        "s3:DeleteObject",
        "dynamodb:PutItem",
        "dynamodb:DeleteItem",
    }
    assert all(resource.endswith((".tflock", ".arn}")) for _, resource in writes)


def test_plan_decrypts_parameters_of_this_environment_only_in_every_region_in_use(plain: Template) -> None:
    decrypt = next(s for s in allowed(plain, "plan") if s.get("Sid") == "AllowParameterDecryption")
    assert decrypt["Action"] == "kms:Decrypt"
    regions = ("us-east-1", "eu-west-1")
    assert decrypt["Resource"] == [f"arn:aws:kms:{region}:444444444444:key/*" for region in regions]
    assert decrypt["Condition"]["StringEquals"] == {
        "kms:ViaService": [f"ssm.{region}.amazonaws.com" for region in regions]
    }
    assert decrypt["Condition"]["ForAnyValue:StringLike"] == {"kms:ResourceAliases": "alias/user-management-test-*"}


def test_both_have_the_boundary_of_a_deployment(plain: Template) -> None:
    boundary = "arn:aws:iam::444444444444:policy/user-management-test-deployment-boundary"
    assert {role["permissions_boundary"] for role in plain.all("aws_iam_role").values()} == {boundary}


def test_apply_passes_roles_to_named_services_only(plain: Template) -> None:
    passes = next(s for s in allowed(plain, "apply") if s["Action"] == "iam:PassRole")
    services = passes["Condition"]["StringEquals"]["iam:PassedToService"]
    assert all(service.endswith(".amazonaws.com") and "*" not in service for service in services)
