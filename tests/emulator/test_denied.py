from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from emulator.registry import REGISTRY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator import Emulator
    from tests.emulator.conftest import Client

# A service of each protocol, with its error and status.
CALLS = [
    ("ec2", "DescribeVpcs", {}, "UnauthorizedOperation", 403),
    ("iam", "GetRole", {"RoleName": "r"}, "AccessDenied", 403),
    ("rds", "DescribeDBInstances", {}, "AccessDenied", 403),
    ("kms", "ListAliases", {}, "AccessDeniedException", 400),
    ("service-quotas", "GetServiceQuota", {"ServiceCode": "vpc", "QuotaCode": "L-1"}, "AccessDeniedException", 400),
    ("lambda", "ListFunctions", {}, "AccessDeniedException", 403),
    ("route53", "ListHostedZones", {}, "AccessDenied", 403),
    ("s3", "ListBuckets", {}, "AccessDenied", 403),
    ("s3", "HeadBucket", {"Bucket": "b"}, "403", 403),
]


@pytest.fixture(autouse=True)
def _allow_again() -> Iterator[None]:
    yield
    REGISTRY.denied.clear()


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call[0]}:{call[1]}")
def test_a_denied_call_is_refused_as_its_service_does(
    client: Client, call: tuple[str, str, dict[str, str], str, int]
) -> None:
    service, operation, arguments, code, status = call
    REGISTRY.denied.add((service, operation))
    caller = client(service)
    method = next(name for name, of in caller.meta.method_to_api_mapping.items() if of == operation)

    with pytest.raises(ClientError) as refused:
        getattr(caller, method)(**arguments)

    assert refused.value.response["Error"]["Code"] == code
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


def test_a_whole_service_can_be_denied_and_others_answer(client: Client) -> None:
    REGISTRY.denied.add(("sqs", "*"))

    with pytest.raises(ClientError, match="AccessDenied"):
        client("sqs").list_queues()
    client("sns").list_topics()


def test_a_reset_allows_everything(client: Client, emulator: Emulator) -> None:
    REGISTRY.denied.add(("sqs", "*"))
    emulator.dispatcher.reset()

    client("sqs").list_queues()
