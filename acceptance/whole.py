"""What must hold of an applied environment as a whole; `acceptance/checks/` has what must hold of each layer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from acceptance.leftovers import list_items
from acceptance.listings import IN_NO_ACCOUNT, LISTED_BY, ONE_PER_ACCOUNT, PART_OF
from preflight import __main__ as program
from preflight.account import Account as ReadAccount
from preflight.platform import Platform
from runner.name_servers import Delegation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from acceptance.account import Account
    from synthesis.manifest import Stack

_OTHERS_USE_NOTHING: Final = "others use 0,"


def unlisted(account: Account, stacks: Mapping[str, Stack]) -> Iterator[str]:
    """Resources in the states that no listing shows: the search for leftovers would miss them."""
    listed: dict[tuple[str, str], str] = {}
    for stack in stacks.values():
        for kind, region, names in _resources(account, stack):
            if kind in PART_OF or kind in ONE_PER_ACCOUNT or kind in IN_NO_ACCOUNT:
                continue
            operation = LISTED_BY[kind]
            if (operation, region) not in listed:
                items = list_items(account.session(region), operation, account_id=account.id)
                listed[operation, region] = json.dumps(list(items), default=str)
            if not any(name in listed[operation, region] for name in names):
                yield f"{stack.layer}: {kind} {min(names)} is not shown by {operation} (acceptance/listings.py)"


def _resources(account: Account, stack: Stack) -> Iterator[tuple[str, str, set[str]]]:
    """Type, region and names of each resource in a stack's state."""
    where = {"Bucket": stack.backend["bucket"], "Key": stack.backend["key"]}
    state: dict[str, Any] = json.loads(account.session().client("s3").get_object(**where)["Body"].read())
    for resource in state["resources"]:
        if resource["mode"] == "managed":
            # `provider["registry.terraform.io/hashicorp/aws"].us-west-2`: an alias is the name of its region.
            region = resource["provider"].rpartition("]")[2].removeprefix(".") or stack.region
            for instance in resource["instances"]:
                # SNS lists an unconfirmed subscription without its ARN, only with its endpoint.
                values = (instance["attributes"].get(name) for name in ("id", "name", "arn", "endpoint"))
                yield resource["type"], region, {value for value in values if value}


def in_its_own_way(account: Account, stacks: Mapping[str, Stack], folder: Path) -> Iterator[str]:
    """What `make preflight` reports of an environment that is applied: it must find it there, and find it right.

    A quota that is too small for the environment alone is not in its own way: a person requests a higher one.
    """
    platform = Platform(stacks)
    lines, _ = program.preflight(
        platform,
        ReadAccount(account.session(), home_region=platform.home_region),
        look_up=lambda zone: Delegation(name_servers=account.emulator.resolve(zone, "NS")),
        local_state=folder / "no-local-state",
    )
    for line in lines:
        if not line.status.is_passed and _OTHERS_USE_NOTHING not in line.found:
            yield f"the preflight of what is applied: {line.subject}: {line.found}"
        elif line.subject.startswith("names") and "free" in line.found:
            yield f"the preflight does not find what is applied: {line.subject}: {line.found}"
