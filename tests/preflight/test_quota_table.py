from __future__ import annotations

import re
from typing import TYPE_CHECKING

from preflight.platform import Platform
from preflight.quota_table import QUOTAS
from synthesis.manifest import of_environment, read_stacks
from tests.preflight.samples import platform

if TYPE_CHECKING:
    from pathlib import Path


def test_each_quota_has_a_source_and_either_a_code_or_a_fixed_limit() -> None:
    for quota in QUOTAS:
        assert quota.source.startswith("https://docs.aws.amazon.com/"), quota.subject
        assert bool(re.fullmatch(r"L-[0-9A-F]{8}", quota.code)) != bool(quota.fixed), quota.subject
        assert bool(quota.service) == bool(quota.code), quota.subject


def test_no_quota_is_listed_twice() -> None:
    codes = [quota.code for quota in QUOTAS if quota.code]

    assert len(set(codes)) == len(codes)


def test_a_reservation_also_needs_what_lambda_keeps_for_the_others() -> None:
    (quota,) = [quota for quota in QUOTAS if quota.service == "lambda"]
    plain = {"aws_lambda_function.a": {"function_name": "a"}}
    reserving = {"aws_lambda_function.b": {"function_name": "b", "reserved_concurrent_executions": 5}}

    assert quota.need(platform(plain), "us-east-1") == 1
    assert quota.need(platform(plain | reserving), "us-east-1") == 105


def test_prod_uses_every_quota_but_those_of_settings_that_it_has_not(output: Path) -> None:
    prod = Platform(of_environment(read_stacks(output), "prod"))

    unused = {quota.subject for quota in QUOTAS if not any(quota.need(prod, region) for region in prod.regions)}

    assert unused <= {"Fargate vCPUs, Spot", "IAM policies"}
