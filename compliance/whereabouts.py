"""What `data.aws_caller_identity`, `aws_partition` and `aws_region` answer, as far as the stacks say it themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from synthesis.manifest import Stack

_PARTITIONS: Final = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
"""By how the names of their regions begin; all others are in `aws`.
https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html"""


def whereabouts(stack: Stack, provider: str = "") -> dict[tuple[str, str], str]:
    """The answers by type and attribute.

    Args:
        stack: The stack that asks.
        provider: The provider that it asks with, such as `aws.east`; empty for the one without an alias.
    """
    alias = provider.partition(".")[2] or None
    block = next((one for one in stack.providers if one.get("alias") == alias), {})
    found: dict[tuple[str, str], str] = {}
    accounts = block.get("allowed_account_ids")
    if isinstance(accounts, list) and len(accounts) == 1:
        found["aws_caller_identity", "account_id"] = str(accounts[0])
    region = block.get("region")
    if isinstance(region, str) and "${" not in region:
        partition = next((name for start, name in _PARTITIONS.items() if region.startswith(start)), "aws")
        found["aws_partition", "partition"] = partition
        found |= {("aws_region", attribute): region for attribute in ("id", "name", "region")}
    return found
