from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from emulator.registry import REGISTRY
from emulator.services.servicequotas import APPLIED
from preflight.quota_table import QUOTAS

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

ACCOUNT = "900000000093"
VCPU = {"ServiceCode": "fargate", "QuotaCode": "L-3032A538"}


def test_a_new_account_has_the_defaults(client: Client) -> None:
    quota = client("service-quotas", account=ACCOUNT).get_service_quota(**VCPU)["Quota"]

    assert (quota["QuotaName"], quota["Value"]) == ("Fargate On-Demand vCPU resource count", 6.0)
    assert quota["QuotaArn"] == f"arn:aws:servicequotas:us-east-1:{ACCOUNT}:fargate/L-3032A538"


def test_the_accounts_value_does_not_change_the_default(client: Client) -> None:
    REGISTRY.store.table(APPLIED, ACCOUNT, "eu-west-1")["fargate/L-3032A538"] = 100
    quotas = client("service-quotas", account=ACCOUNT, region="eu-west-1")

    assert quotas.get_service_quota(**VCPU)["Quota"]["Value"] == 100
    assert quotas.get_aws_default_service_quota(**VCPU)["Quota"]["Value"] == 6


def test_a_quota_without_a_value_of_the_account_has_only_its_default(client: Client) -> None:
    REGISTRY.store.table(APPLIED, ACCOUNT, "eu-west-2")["fargate/L-3032A538"] = None
    quotas = client("service-quotas", account=ACCOUNT, region="eu-west-2")

    with pytest.raises(ClientError, match="NoSuchResourceException"):
        quotas.get_service_quota(**VCPU)
    assert quotas.get_aws_default_service_quota(**VCPU)["Quota"]["Value"] == 6


def test_quotas_of_the_whole_account_are_in_one_region(client: Client) -> None:
    roles = {"ServiceCode": "iam", "QuotaCode": "L-FE177D64"}

    assert client("service-quotas").get_service_quota(**roles)["Quota"]["GlobalQuota"]
    with pytest.raises(ClientError, match="NoSuchResourceException"):
        client("service-quotas", region="eu-west-1").get_service_quota(**roles)


def test_a_quota_of_a_service_that_may_not_be_asked_has_no_value(client: Client) -> None:
    REGISTRY.denied.add(("elbv2", "DescribeAccountLimits"))
    try:
        quota = client("service-quotas").get_service_quota(ServiceCode="elasticloadbalancing", QuotaCode="L-53DA6B97")[
            "Quota"
        ]
    finally:
        REGISTRY.denied.clear()

    assert "Value" not in quota
    assert quota["ErrorReason"]["ErrorCode"] == "DEPENDENCY_ACCESS_DENIED_ERROR"


def test_an_unknown_quota_is_refused(client: Client) -> None:
    with pytest.raises(ClientError, match="NoSuchResourceException"):
        client("service-quotas").get_service_quota(ServiceCode="vpc", QuotaCode="L-00000000")


def test_it_has_every_quota_that_the_preflight_reads(client: Client) -> None:
    for quota in QUOTAS:
        if quota.code:
            client("service-quotas").get_service_quota(ServiceCode=quota.service, QuotaCode=quota.code)
