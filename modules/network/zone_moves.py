"""Moves what an earlier version made under the names of zones to addresses with their ids, for `formerly`.

An address of that version had the letter of the zone where it now has the key of its id: `public-a`, `public-az6`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from cdktf import TerraformResource
from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm
from cdktf_cdktf_provider_aws.network_acl_rule import NetworkAclRule
from cdktf_cdktf_provider_aws.subnet import Subnet

from config.zones import zone_key
from synthesis.addresses import logical_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from constructs import Construct

    from config.network import Zone

_DATABASE_ACL: Final = "database-acl"
_DIRECTIONS: Final = ("in", "out")


def move_from_zone_names(stack: Construct, zones: Sequence[Zone]) -> None:
    """Emit a `moved` block for each resource of the stack with a zone in its address, if the zone has `formerly`."""
    letters = {zone_key(zone.id): zone.formerly[-1] for zone in zones if zone.formerly}
    if not letters:
        return
    resources = [
        cast("TerraformResource", construct)
        for construct in stack.node.find_all()
        if TerraformResource.is_terraform_resource(construct)
    ]
    acl_rules = {}
    for resource in resources:
        path = resource.node.path.split("/")[1:]  # without the stack
        if isinstance(resource, NetworkAclRule):
            if _DATABASE_ACL in path:
                acl_rules[path[-1]] = resource
            continue
        if isinstance(resource, CloudwatchMetricAlarm):  # that version had none in this layer
            continue
        former = [_with_letter(part, letters) for part in path]
        if former != path:
            _move(resource, former)
            if isinstance(resource, Subnet):
                # With the id of another zone than the one it is in, the plan fails instead of replacing it.
                resource.add_override("lifecycle.prevent_destroy", value=True)
    for direction in _DIRECTIONS:
        _move_rules({id_: rule for id_, rule in acl_rules.items() if id_.startswith(f"{direction}-")}, direction, zones)


def _with_letter(part: str, letters: Mapping[str, str]) -> str:
    """The former id: `private-az6-to-nat` was `private-a-to-nat`."""
    return "-".join(letters.get(word, word) for word in part.split("-"))


def _move(resource: TerraformResource, former: Sequence[str]) -> None:
    resource.move_from_id(f"{resource.terraform_resource_type}.{logical_id(former)}")


def _move_rules(rules: Mapping[str, NetworkAclRule], direction: str, zones: Sequence[Zone]) -> None:
    """Let each former rule of the database subnets be replaced by one of those that now do its work.

    A rule cannot be changed, and where none allows it traffic stops. So a former rule is deleted after its successor
    is created, and that after the rules that succeed none.
    """
    successors = {
        rules[now]: former
        for number, start in enumerate(_former_peers(zones), start=1)
        for former in [f"{direction}-{number * 10}"]
        for now in [next((id_ for id_ in rules if f"{id_}-".startswith(f"{direction}-{start}-")), None)]
        if now
    }
    free = [
        f"{rule.terraform_resource_type}.{rule.friendly_unique_id}" for rule in rules.values() if rule not in successors
    ]
    for rule, former in successors.items():
        _move(rule, [*rule.node.path.split("/")[1:-1], former])
        rule.add_override("lifecycle.create_before_destroy", value=True)
        rule.add_override("depends_on", free)


def _former_peers(zones: Sequence[Zone]) -> Iterator[str]:
    """The peers of the former rules, in the order of their numbers."""
    known = [zone for zone in zones if zone.formerly]
    yield from (f"private-{zone_key(zone.id)}" for zone in known if zone.private_cidr)
    yield from (f"database-{zone_key(zone.id)}" for zone in known)
