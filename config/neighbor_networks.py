"""The networks of all environments and of their second regions: those that must be connectable share no addresses."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from itertools import combinations
from typing import Any, Final

from config.errors import Problem

_OWN: Final = "network"
_STANDBY: Final = "recovery.standby.network"


@dataclass(frozen=True, kw_only=True)
class Networks:
    """The address blocks of one environment."""

    environment: str
    own: IPv4Network | None
    """In its own region; None if its file has no valid one."""
    standby: IPv4Network | None
    """In its second region; None if there is none."""


def read_networks(environment: str, table: Mapping[str, Any]) -> Networks:
    """The blocks in the file of another environment, which need not be valid."""
    return Networks(environment=environment, own=_block(table, _OWN), standby=_block(table, _STANDBY))


def check_networks(own: Networks, others: Iterable[Networks]) -> Iterator[Problem]:
    """Yield a problem for each block of a second region that another environment has, too.

    Two environments' own networks may have the same block: nothing of this program connects them. Whoever restores in
    a second region connects to it from where people and tools already are.
    """
    blocks = {_OWN: own.own, _STANDBY: own.standby}
    for other in others:
        for key, block in blocks.items():
            for other_key, taken in ((_OWN, other.own), (_STANDBY, other.standby)):
                if block is None or taken is None or _STANDBY not in {key, other_key}:
                    continue
                if block.overlaps(taken):
                    yield Problem(
                        key=f"{key}.cidr",
                        value=str(block),
                        allowed=f'overlaps [{other_key}] cidr = "{taken}" of {other.environment}.toml, so the two '
                        "could not be connected; use another block in one of them",
                    )


def shared_blocks(environments: Sequence[Networks], *, of: Collection[str]) -> Iterator[str]:
    """A line for each pair of own networks that overlap: it is allowed, and nothing can ever connect the two.

    Args:
        environments: All that have a file.
        of: Those of which a pair must have one.

    https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html#vpc-peering-limitations
    """
    for one, other in combinations(environments, 2):
        if one.own and other.own and one.own.overlaps(other.own) and {one.environment, other.environment} & {*of}:
            yield (
                f'[network] cidr = "{one.own}" of {one.environment}.toml overlaps "{other.own}" of '
                f"{other.environment}.toml: the two can never be connected, by a peering or a transit gateway. Use "
                "another block in one of them before its first apply."
            )


def _block(table: Mapping[str, Any], key: str) -> IPv4Network | None:
    value: Any = table
    for part in (*key.split("."), "cidr"):
        value = value.get(part) if isinstance(value, Mapping) else None
    try:
        return IPv4Network(value) if isinstance(value, str) else None
    except ValueError:
        return None
