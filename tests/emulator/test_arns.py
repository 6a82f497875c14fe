from __future__ import annotations

import pytest

from emulator.arns import Arn, parse_arn


def test_an_arn_is_parsed() -> None:
    read = parse_arn("arn:aws:rds:eu-west-1:123456789012:db:main")

    assert read == Arn("aws", "rds", "eu-west-1", "123456789012", "db:main")


def test_region_and_account_may_be_empty() -> None:
    assert parse_arn("arn:aws:s3:::bucket") == Arn("aws", "s3", "", "", "bucket")


@pytest.mark.parametrize(
    "text", ["", "alerts", "arn:aws:sns:us-east-1:alerts", "arn::sns:us-east-1:1:a", "a:b:c:d:e:f"]
)
def test_text_that_is_not_an_arn_is_not_parsed(text: str) -> None:
    assert parse_arn(text) is None
