from ipaddress import IPv4Network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from config.aws import (
    LOG_RETENTION_DAYS,
    REGIONS,
    AccountId,
    DomainName,
    Ipv4Cidr,
    LogRetentionDays,
    Region,
    RoleArn,
    TagValue,
    role_account,
)


def accepted(kind: Any, value: object) -> object:
    return TypeAdapter(kind).validate_python(value, strict=True)


def refusal(kind: Any, value: object) -> str:
    with pytest.raises(ValidationError) as caught:
        accepted(kind, value)
    (detail,) = caught.value.errors()
    return str(detail["ctx"]["error"])


@pytest.mark.parametrize("region", ["ap-east-2", "ap-southeast-6"])
def test_a_region_that_terraform_or_its_provider_does_not_know_is_refused(region: str) -> None:
    assert refusal(Region, region).startswith("is not a valid region of AWS's commercial partition; ")
    assert region not in REGIONS


@pytest.mark.parametrize("value", ["12345678901", "1234567890123", "1234-5678-9012", "١٢٣٤٥٦٧٨٩٠١٢", ""])
def test_an_account_id_has_twelve_digits(value: str) -> None:
    assert accepted(AccountId, "012345678901") == "012345678901"
    assert refusal(AccountId, value) == (
        'is not a valid account id; use its 12 digits without spaces or hyphens, like "111111111111"'
    )


def test_every_region_is_accepted() -> None:
    assert [accepted(Region, region) for region in REGIONS] == list(REGIONS)
    assert len(set(REGIONS)) == 32


def test_a_mistyped_region_is_reported_with_the_nearest() -> None:
    assert refusal(Region, "us-eats-1").startswith(
        "is not a valid region of AWS's commercial partition; did you mean us-east-1? Allowed: af-south-1, "
    )


@pytest.mark.parametrize("value", ["us-gov-west-1", "cn-north-1", "moon"])
def test_regions_of_other_partitions_are_refused(value: str) -> None:
    assert refusal(Region, value).startswith("is not a valid region of AWS's commercial partition; ")


def test_host_bits_are_refused_with_the_blocks_own_address() -> None:
    assert refusal(Ipv4Cidr, "10.0.1.7/24") == 'is an address inside the block, not the block; use "10.0.1.0/24"'


def test_a_block_without_a_prefix_length_is_refused() -> None:
    assert refusal(Ipv4Cidr, "10.0.0.0") == 'has no prefix length; add it, like "10.0.0.0/16"'


def test_a_block_that_is_not_text_is_refused() -> None:
    assert refusal(Ipv4Cidr, 10) == 'must be text in quotes, like "10.0.0.0/16"'


@pytest.mark.parametrize(
    "value",
    ["10.0.0/16", "10.0.0.256/24", "10.0.0.0/33", "10.0.0.0/255.255.0.0", "fd00::/8", "10.0.0.0/x", "/"],
)
def test_an_invalid_block_is_refused(value: str) -> None:
    assert refusal(Ipv4Cidr, value) == (
        'is not a valid IPv4 block; use four numbers up to 255 and a prefix length up to 32, like "10.0.0.0/16"'
    )


@given(st.integers(0, 2**32 - 1), st.integers(0, 32))
def test_every_block_is_read_as_it_is_written(address: int, prefix: int) -> None:
    block = IPv4Network((address, prefix), strict=False)
    assert accepted(Ipv4Cidr, str(block)) == block
    assert accepted(Ipv4Cidr, block) == block
    assert TypeAdapter(Ipv4Cidr).dump_python(block) == str(block)


@given(st.text())
def test_any_other_text_is_refused_with_a_message(value: str) -> None:
    try:
        IPv4Network(value)
    except ValueError:
        assert '"' in refusal(Ipv4Cidr, value)


@pytest.mark.parametrize("value", ["example.com", "users.example.com", "a.b-c.io", "xn--bcher-kva.example"])
def test_domain_names_are_accepted(value: str) -> None:
    assert accepted(DomainName, value) == value


@pytest.mark.parametrize(
    "value",
    [
        "localhost",
        "Users.example.com",
        "https://example.com",
        "example.com.",
        "-a.com",
        "a..com",
        "*.a.com",
        "1.2.3.4",
    ],
)
def test_an_invalid_domain_name_is_refused(value: str) -> None:
    assert refusal(DomainName, value) == (
        "is not a valid domain name; use lowercase letters and at least one dot, "
        'without "https://" and without a dot at the end, like "users.example.com"'
    )


def test_a_domain_name_fits_a_certificate() -> None:
    assert accepted(DomainName, f"{'a' * 52}.example.com")
    assert refusal(DomainName, f"{'a' * 53}.example.com") == (
        "has 65 characters; a certificate's first name must have 64 or fewer"
    )


@pytest.mark.parametrize("path", ["deploy", "ci/deploy", "a/b/c_d+e=f,g.h@i-j"])
def test_role_arns_are_accepted(path: str) -> None:
    assert role_account(str(accepted(RoleArn, f"arn:aws:iam::012345678901:role/{path}"))) == "012345678901"


@pytest.mark.parametrize(
    "value",
    [
        "deploy",
        "arn:aws:iam::012345678901:user/deploy",
        "arn:aws:iam::1234:role/deploy",
        "arn:aws-cn:iam::012345678901:role/deploy",
        "arn:aws:iam::012345678901:role/",
    ],
)
def test_an_invalid_role_arn_is_refused(value: str) -> None:
    assert refusal(RoleArn, value) == (
        'is not a valid ARN of an IAM role; use one like "arn:aws:iam::111111111111:role/deploy"'
    )


@given(st.integers())
def test_only_the_retentions_of_cloudwatch_logs_are_accepted(days: int) -> None:
    if days in LOG_RETENTION_DAYS:
        assert accepted(LogRetentionDays, days) == days
    else:
        assert refusal(LogRetentionDays, days).startswith(
            "is not a valid retention of CloudWatch Logs; the nearest is "
        )


def test_a_wrong_retention_is_reported_with_the_nearest() -> None:
    assert "the nearest is 30 (allowed: 1, 3, 5," in refusal(LogRetentionDays, 31)
    assert "the nearest is 3653 " in refusal(LogRetentionDays, 10_000)


def test_a_tag_has_the_characters_of_aws_tags() -> None:
    assert accepted(TagValue, "Équipe 1 _.:/=+-@") == "Équipe 1 _.:/=+-@"
    assert refusal(TagValue, "a#b!") == ("contains ! #; AWS allows letters, digits, spaces and _ . : / = + - @ in tags")


def test_a_tag_has_256_characters_at_most() -> None:
    assert accepted(TagValue, "x" * 256)
    assert refusal(TagValue, "x" * 257) == "has 257 characters; an AWS tag must have 256 or fewer"


@pytest.mark.parametrize("value", ["", "  "])
def test_a_tag_is_not_empty(value: str) -> None:
    assert refusal(TagValue, value) == "must not be empty: cost reports group by it"


def test_a_tag_leaves_the_beginning_of_aws_to_it() -> None:
    assert refusal(TagValue, "AWS:team") == 'must not start with "aws:", which AWS keeps for itself'
