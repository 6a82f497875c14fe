from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from preflight.account import WriteRefusedError, error_code, unless_missing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.preflight.conftest import Place


def test_a_call_that_may_write_never_leaves_the_process(place: Place) -> None:
    with pytest.raises(WriteRefusedError, match="sqs:CreateQueue may change something"):
        place.account.client("sqs", "us-east-1").create_queue(QueueName="q")

    assert place.client("sqs").list_queues().get("QueueUrls") is None
    assert place.account.called == set()


def test_a_call_that_only_sounds_like_reading_is_refused(place: Place) -> None:
    with pytest.raises(WriteRefusedError, match="iam:GenerateCredentialReport"):
        place.account.client("iam").generate_credential_report()


def test_calls_have_a_time_limit(place: Place) -> None:
    config = place.account.client("iam").meta.config

    assert (config.connect_timeout, config.read_timeout) == (5, 20)
    assert config.retries["total_max_attempts"] == 3


def test_each_call_is_remembered_as_its_permission(place: Place) -> None:
    place.account.items("s3", None, "list_buckets", "Buckets")
    place.account.client("elbv2", "us-east-1").describe_load_balancers()

    assert place.account.called == {"s3:ListAllMyBuckets", "elasticloadbalancing:DescribeLoadBalancers"}
    assert place.account.last_permission == "elasticloadbalancing:DescribeLoadBalancers"


def test_all_pages_are_read(place: Place) -> None:
    for number in range(12):
        place.client("iam").create_role(RoleName=f"r{number}", AssumeRolePolicyDocument="{}")

    pages = list(place.account.pages("iam", None, "list_roles", PaginationConfig={"PageSize": 5}))

    assert [len(page["Roles"]) for page in pages] == [5, 5, 2]


def test_something_is_read_once_and_a_failure_again(place: Place) -> None:
    answers: Iterator[ValueError | int] = iter([ValueError("first"), 1, 2])

    def read() -> int:
        answer = next(answers)
        if isinstance(answer, ValueError):
            raise answer
        return answer

    with pytest.raises(ValueError, match="first"):
        place.account.once("key", read)
    assert [place.account.once("key", read) for _ in range(2)] == [1, 1]


def test_only_the_codes_that_are_named_mean_that_it_is_missing(place: Place) -> None:
    iam = place.account.client("iam")

    assert unless_missing(lambda: iam.get_role(RoleName="none"), "NoSuchEntity") is None
    with pytest.raises(ClientError) as raised:
        unless_missing(lambda: iam.get_role(RoleName="none"), "NotFound")
    assert error_code(raised.value) == "NoSuchEntity"
