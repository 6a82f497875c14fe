"""Blocks of IP addresses in lists of the firewall: IPv4 and IPv6, as AWS WAF accepts them."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Final

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

Network = IPv4Network | IPv6Network

_EXAMPLE: Final = 'use one like "203.0.113.0/24" or "2001:db8::/32"'
_PATTERN: Final = r"[0-9a-f.:]+/[0-9]{1,3}"


def _ip_block(value: object) -> Network:
    if isinstance(value, IPv4Network | IPv6Network):
        return value
    if not isinstance(value, str):
        message = f"must be text in quotes; {_EXAMPLE}"
        raise ValueError(message)  # noqa: TRY004 - pydantic turns only ValueError into a problem
    try:
        network = ip_network(value, strict=False)
    except ValueError:
        message = f"is not a valid block of IPv4 or IPv6 addresses; {_EXAMPLE}"
        raise ValueError(message) from None
    if "/" not in value:
        message = f'has no prefix length; for this one address use "{network}"'
        raise ValueError(message)
    # https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateIPSet.html
    if network.prefixlen == 0:
        message = "is every address, which AWS WAF refuses in a list; use smaller blocks, or leave the list out"
        raise ValueError(message)
    if str(network) != value:
        message = f'is not how the block is written; use "{network}"'
        raise ValueError(message)
    return network


IpBlock = Annotated[
    Network,
    PlainValidator(_ip_block),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": f"^{_PATTERN}$"}),
]
"""A block of IPv4 or IPv6 addresses as text; it starts at its first address and is not /0."""


def is_inside(inner: Network, outer: Network) -> bool:
    """Whether all addresses of one block are in the other."""
    match inner, outer:
        case IPv4Network(), IPv4Network():
            return inner.subnet_of(outer)
        case IPv6Network(), IPv6Network():
            return inner.subnet_of(outer)
        case _:
            return False
