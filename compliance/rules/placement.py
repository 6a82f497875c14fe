"""Zones and regions: named by what is the same place in every account, and able to run what is put there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance.references import referred
from compliance.rule import Finding, rule, rule_with_others
from config.zone_features import ARM, DOCUMENTDB, FARGATE, FARGATE_ARM, RDS_PROXY, VPC_ORIGIN
from synthesis.template import texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from config.zone_features import Feature
    from synthesis.manifest import Stack
    from synthesis.template import Resource

_SUBNET: Final = "aws_subnet"
_NAMES_OF_ZONES: Final = frozenset({"availability_zone", "availability_zones", "preferred_availability_zones"})
_OTHER_COMPUTERS: Final = frozenset({"EC2", "EXTERNAL"})
_FIXED_AT_CREATION: Final = {
    "aws_db_instance": "availability_zone",
    "aws_db_proxy": "vpc_subnet_ids",
    "aws_docdb_cluster_instance": "availability_zone",
    "aws_rds_cluster_instance": "availability_zone",
}


@rule
def zone_is_the_same_in_every_account(stack: Stack) -> Iterator[Finding]:
    """A zone is named by its id: one name, like us-east-1a, means another zone in each account."""
    for resource in stack.all():
        for argument, text in texts(resource.arguments):
            if argument in _NAMES_OF_ZONES and "${" not in text:
                yield Finding.about(
                    resource, f"{argument} is the name {text}; use availability_zone_id, or refer to the subnet's zone"
                )
        if resource.kind == _SUBNET and not resource.get("availability_zone_id"):
            yield Finding.about(resource, "has no availability_zone_id, so AWS or a name decides about its place")


@rule
def place_is_kept_when_zones_are_added(stack: Stack) -> Iterator[Finding]:
    """What cannot be moved to another zone is not replaced when the list of zones changes."""
    for kind, argument in _FIXED_AT_CREATION.items():
        for resource in stack.all(kind):
            if resource.get(argument) and argument not in resource.block("lifecycle").get("ignore_changes", ()):
                yield Finding.about(resource, f"{argument} forces a replacement; list it in ignore_changes")


@rule_with_others
def zone_offers_what_is_in_it(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """Nothing is put in a zone or a region in which AWS does not offer it."""
    for resource, feature, zones in _placed(stack, stacks):
        for zone in sorted(zones & feature.without_zones):
            yield Finding.about(resource, f"{zone} has no {feature.name} ({feature.source})")
    for resource in stack.all("aws_docdb_cluster", "aws_docdb_global_cluster"):
        if stack.region in DOCUMENTDB.without_regions:
            yield Finding.about(resource, f"{stack.region} has no {DOCUMENTDB.name} ({DOCUMENTDB.source})")


def _placed(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[tuple[Resource, Feature, set[str]]]:
    """Each resource that is put into zones, what AWS must offer there, and the ids of the zones."""
    for proxy in stack.all("aws_db_proxy"):
        yield proxy, RDS_PROXY, _zones(proxy.get("vpc_subnet_ids"), stack, stacks)
    for service in stack.all("aws_ecs_service"):
        if service.get("launch_type") in _OTHER_COMPUTERS:
            continue
        zones = _zones(service.get("network_configuration"), stack, stacks)
        yield service, FARGATE, zones
        for _, task in referred(service.get("task_definition"), stack, stacks):
            if task.block("runtime_platform").get("cpu_architecture") == ARM:
                yield service, FARGATE_ARM, zones
    for origin in stack.all("aws_cloudfront_vpc_origin"):
        for owner, balancer in referred(origin.get("vpc_origin_endpoint_config"), stack, stacks):
            yield origin, VPC_ORIGIN, _zones(balancer.get("subnets"), owner, stacks)


def _zones(subnets: object, stack: Stack, stacks: Mapping[str, Stack]) -> set[str]:
    """The ids of the zones of the subnets that an argument refers to."""
    return {
        str(subnet.get("availability_zone_id"))
        for _, subnet in referred(subnets, stack, stacks)
        if subnet.kind == _SUBNET
    }
