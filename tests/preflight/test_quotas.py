from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from emulator.registry import REGISTRY
from emulator.services.servicequotas import APPLIED
from preflight import quotas
from preflight.line import Status
from tests.preflight.samples import own_tags, platform

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.preflight.conftest import Place

ADDRESSES: dict[str, dict[str, Any]] = {f"aws_eip.{name}": {} for name in "ab"}
CODE = "ec2/L-0263D0A3"


def apply_quota(place: Place, code: str, value: float | None, region: str = "us-east-1") -> None:
    REGISTRY.store.table(APPLIED, place.id, region)[code] = value


def test_what_fits_is_ok(place: Place) -> None:
    (line,) = place.run(quotas.checks(platform(ADDRESSES), place.account))

    assert line.status is Status.OK
    assert line.subject == "quota: Elastic IP addresses, us-east-1"
    assert line.found == "needs 2, others use 0, the limit is 5"


def test_a_quota_that_is_too_low_is_a_problem_with_the_command_that_raises_it(place: Place) -> None:
    apply_quota(place, CODE, 1)

    (line,) = place.run(quotas.checks(platform(ADDRESSES), place.account))

    assert line.status is Status.PROBLEM
    assert line.found == "needs 2, others use 0, the limit is 1"
    assert line.fix == (
        "aws service-quotas request-service-quota-increase --service-code ec2 --quota-code L-0263D0A3 "
        "--desired-value 2 --region us-east-1"
    )


def test_what_others_use_is_added(place: Place) -> None:
    ec2 = place.client("ec2")
    for _ in range(4):
        ec2.allocate_address(Domain="vpc")

    (line,) = place.run(quotas.checks(platform(ADDRESSES), place.account))

    assert (line.status, line.found) == (Status.PROBLEM, "needs 2, others use 4, the limit is 5")
    assert "--desired-value 6 " in line.fix


def test_what_the_environment_has_already_is_not_counted_twice(place: Place) -> None:
    ec2 = place.client("ec2")
    for _ in range(2):
        ec2.allocate_address(Domain="vpc", TagSpecifications=[{"ResourceType": "elastic-ip", "Tags": own_tags()}])
    apply_quota(place, CODE, 2)

    (line,) = place.run(quotas.checks(platform(ADDRESSES), place.account))

    assert (line.status, line.found) == (Status.OK, "needs 2, others use 0, the limit is 2")


def test_without_a_value_of_the_account_the_default_counts(place: Place) -> None:
    apply_quota(place, CODE, None)

    (line,) = place.run(quotas.checks(platform(ADDRESSES), place.account))

    assert (line.status, line.found) == (Status.OK, "needs 2, others use 0, the limit is 5")
    assert "servicequotas:GetAWSDefaultServiceQuota" in place.account.called


def test_a_denied_call_is_no_pass(place: Place, deny: Callable[..., None]) -> None:
    deny("service-quotas:GetServiceQuota")

    (line,) = place.run(quotas.checks(platform(ADDRESSES), place.account))

    assert line.status is Status.UNREADABLE
    assert line.found == "servicequotas:GetServiceQuota is denied"
    assert "Allow servicequotas:GetServiceQuota" in line.fix


def test_a_denied_count_is_no_pass(place: Place, deny: Callable[..., None]) -> None:
    deny("ec2:DescribeAddresses")

    (line,) = place.run(quotas.checks(platform(ADDRESSES), place.account))

    assert (line.status, line.found) == (Status.UNREADABLE, "ec2:DescribeAddresses is denied")


@pytest.mark.parametrize(
    ("resources", "operation", "permission"),
    [
        ({"aws_lb.a": {}}, "elbv2:DescribeAccountLimits", "elasticloadbalancing:DescribeAccountLimits"),
        ({"aws_iam_role.a": {"name": "a"}}, "iam:GetAccountSummary", "iam:GetAccountSummary"),
        ({"aws_db_proxy.a": {"name": "a"}}, "rds:DescribeAccountAttributes", "rds:DescribeAccountAttributes"),
        ({"aws_route53_zone.a": {"name": "a"}}, "route53:GetAccountLimit", "route53:GetAccountLimit"),
    ],
)
def test_a_call_that_service_quotas_makes_and_that_is_denied_is_no_pass(
    place: Place, deny: Callable[..., None], resources: dict[str, Any], operation: str, permission: str
) -> None:
    deny(operation)

    (line,) = place.run(quotas.checks(platform(resources), place.account))

    assert (line.status, line.found) == (Status.UNREADABLE, f"{permission} is denied")


def test_a_limit_that_aws_does_not_raise_says_so(place: Place) -> None:
    logs = place.client("logs")
    for number in range(10):
        logs.put_resource_policy(policyName=f"p{number}", policyDocument="{}")
    policy = {"aws_cloudwatch_log_resource_policy.a": {"policy_name": "own"}}

    (line,) = place.run(quotas.checks(platform(policy), place.account))

    assert (line.status, line.found) == (Status.PROBLEM, "needs 1, others use 10, the limit is 10")
    assert line.fix.startswith("AWS does not raise it")


def test_global_quotas_are_read_once_in_their_region(place: Place) -> None:
    roles = {"aws_iam_role.a": {"name": "a"}, "aws_iam_role.b": {"name": "b"}}
    place.client("iam").create_role(RoleName="a", AssumeRolePolicyDocument="{}")
    place.client("iam").create_role(RoleName="other", AssumeRolePolicyDocument="{}")

    (line,) = place.run(quotas.checks(platform(roles, region="eu-central-1"), place.account))

    assert (line.subject, line.status) == ("quota: IAM roles", Status.OK)
    assert line.found == "needs 2, others use 1, the limit is 1000"


def test_a_quota_of_a_release_says_when_it_is_needed(place: Place) -> None:
    resources: dict[str, dict[str, Any]] = {
        "aws_ecs_task_definition.task": {"cpu": "4096"},
        "aws_ecs_service.web": {"desired_count": 1, "task_definition": "${aws_ecs_task_definition.task.arn}"},
    }

    lines = place.run(quotas.checks(platform(resources), place.account))

    assert [(line.status, line.found) for line in lines] == [
        (
            Status.PROBLEM,
            "needs 8 in a release of every service at its max_count, others use 0, the limit is 6",
        )
    ]
