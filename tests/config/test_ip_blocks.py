"""Blocks of addresses in the firewall's lists."""

from ipaddress import ip_network

import pytest
from pydantic import TypeAdapter, ValidationError

from config.ip_blocks import IpBlock, is_inside

BLOCK: TypeAdapter[object] = TypeAdapter(IpBlock)


@pytest.mark.parametrize("text", ["203.0.113.0/24", "198.51.100.7/32", "2001:db8::/32", "2001:db8::1/128", "0.0.0.0/1"])
def test_a_block_is_accepted_and_written_as_it_is(text: str) -> None:
    block = BLOCK.validate_python(text)
    assert block == ip_network(text)
    assert BLOCK.validate_python(block) == block
    assert BLOCK.dump_python(block) == text


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (7, 'must be text in quotes; use one like "203.0.113.0/24" or "2001:db8::/32"'),
        ("office", 'is not a valid block of IPv4 or IPv6 addresses; use one like "203.0.113.0/24"'),
        ("203.0.113.0/33", "is not a valid block of IPv4 or IPv6 addresses"),
        ("203.0.113.7", 'has no prefix length; for this one address use "203.0.113.7/32"'),
        ("2001:db8::1", 'has no prefix length; for this one address use "2001:db8::1/128"'),
        ("0.0.0.0/0", "is every address, which AWS WAF refuses in a list"),
        ("::/0", "is every address, which AWS WAF refuses in a list"),
        ("203.0.113.7/24", 'is not how the block is written; use "203.0.113.0/24"'),
        ("2001:DB8::/32", 'is not how the block is written; use "2001:db8::/32"'),
    ],
)
def test_what_aws_does_not_take_is_refused(value: object, message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        BLOCK.validate_python(value)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("inner", "outer", "inside"),
    [
        ("203.0.113.0/28", "203.0.113.0/24", True),
        ("203.0.113.0/24", "203.0.113.0/28", False),
        ("2001:db8:1::/48", "2001:db8::/32", True),
        ("203.0.113.0/24", "2001:db8::/32", False),
    ],
)
def test_a_block_is_inside_another_of_its_version(inner: str, outer: str, *, inside: bool) -> None:
    assert is_inside(ip_network(inner), ip_network(outer)) is inside
