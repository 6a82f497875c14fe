"""Rules that a tunnel left, because the program that had opened it was killed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from operations import tunnel_rules, tunnel_tasks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from operations.account import Account
    from synthesis.manifest import Tunnel


def close_left(account: Account, tunnel: Tunnel, *, group: str, database_groups: Sequence[str]) -> int:
    """Remove the rules of tunnels whose tasks have all ended; return how many there were.

    Args:
        account: Where they are.
        tunnel: What runs tunnels.
        group: Id of the security group of its tasks.
        database_groups: Ids of the groups of databases.
    """
    if tunnel_tasks.running(account, tunnel):
        return 0
    return sum(tunnel_rules.close(account, database_group=each, group=group) for each in database_groups)
