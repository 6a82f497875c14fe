"""Public addresses: nothing has one, whatever its type and whatever the argument is called."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from compliance.arguments import inside, is_off, is_set, walk
from compliance.openings import is_of_internet, openings
from compliance.references import of_same_environment, places, referred
from compliance.rule import Finding, rule, rule_with_others
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from compliance.openings import Opening
    from synthesis.manifest import Stack

_PUBLIC: Final = re.compile(
    r"assign_?public_?ips?|associate_?public_?ip(_?address)?|auto_?assign_?public_?ips|map_?public_?ip_?on_?launch"
    r"|create_?public_?ip|assign_?ipv6_?address_?on_?creation|endpoint_?public_?access|is_?publicly_?accessible",
    re.IGNORECASE,
)
"""Arguments that give an address, as Terraform and as AWS write them."""
_PUBLIC_DATABASE: Final = re.compile(r"publicly_?accessible|public_connectivity", re.IGNORECASE)
_SUBNET: Final = "aws_subnet"
PUBLIC_UNLESS_SET: Final = {
    # The provider's own default is true: https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs
    "aws_redshift_cluster": "publicly_accessible",
    # https://docs.aws.amazon.com/dms/latest/APIReference/API_CreateReplicationInstance.html
    "aws_dms_replication_instance": "publicly_accessible",
}
"""Types that are public if nothing is said."""
_SEARCHES: Final = ("aws_opensearch_domain", "aws_elasticsearch_domain")
_SERVED: Final = "SERVICE_PROVIDED_EIPS"
_DATABASES: Final = (
    "aws_db_instance",
    "aws_db_proxy",
    "aws_docdb_cluster",
    "aws_elasticache_cluster",
    "aws_elasticache_replication_group",
    "aws_memorydb_cluster",
    "aws_msk_cluster",
    "aws_neptune_cluster",
    "aws_opensearch_domain",
    "aws_rds_cluster",
    "aws_redshift_cluster",
)
_GROUPS: Final = re.compile(r"security_group(_id)?s$")
_CLUSTER_ENDPOINT: Final = "aws_eks_cluster"


@rule
def database_is_not_public(stack: Stack) -> Iterator[Finding]:
    """No database, cache, search domain or broker has a public address."""
    for resource in stack.all():
        for path, name, value in inside(dict(resource.arguments)):
            if _PUBLIC_DATABASE.fullmatch(name) and is_set(value) and not is_off(value):
                yield Finding.about(resource, f"{path} is on")
        argument = PUBLIC_UNLESS_SET.get(resource.kind)
        if argument and resource.get(argument) is None:
            yield Finding.about(resource, f"{argument} is not set, and the default is public; set it to false")
        if resource.kind in _SEARCHES and not blocks(resource.get("vpc_options")):
            yield Finding.about(resource, "has no vpc_options, so it has a public endpoint")
        if resource.kind.startswith("aws_msk_"):
            types = [value for _, name, value in walk(dict(resource.arguments)) if name == "type"]
            if _SERVED in types:
                yield Finding.about(resource, f"connectivity_info.public_access.type is {_SERVED}")


@rule
def nothing_has_a_public_address(stack: Stack) -> Iterator[Finding]:
    """No task, instance, interface or endpoint gets a public address; NAT gateways and load balancers have theirs."""
    for resource in stack.all():
        if resource.kind == _SUBNET:
            continue  # the rule subnet-gives-no-public-addresses
        for path, name, value in inside(dict(resource.arguments)):
            if _PUBLIC.fullmatch(name) and is_set(value) and not is_off(value):
                yield Finding.about(resource, f"{path} is on")
        if resource.kind == _CLUSTER_ENDPOINT:
            for block in blocks(resource.get("vpc_config")):
                if block.get("endpoint_public_access") is None:
                    yield Finding.about(resource, "endpoint_public_access is not set, and the default is public")


@rule_with_others
def public_address_is_for_nat(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """An Elastic IP is of a NAT gateway or of a network load balancer, not of an interface or an instance."""
    for address in stack.all("aws_eip"):
        for argument in ("instance", "network_interface"):
            if is_set(address.get(argument)):
                yield Finding.about(address, f"{argument} has it; a NAT gateway must have it")
    for one in stack.all("aws_eip_association"):
        for argument in ("instance_id", "network_interface_id"):
            if is_set(one.get(argument)):
                named = ", ".join(found.address for _, found in referred(one.get(argument), stack, stacks))
                yield Finding.about(one, f"gives {named or argument} a public address; a NAT gateway must have it")


@rule_with_others
def database_accepts_private_addresses_only(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """No rule of a group of a database, cache or search domain lets in an address of the internet, not even one."""
    for one, database in _openings_of_databases(stack, stacks):
        if any(map(is_of_internet, one.networks)):
            says = f"lets addresses of the internet reach {database}"
            yield Finding.about(one.resource, f"{says}; name a group, or addresses of the network")


@rule_with_others
def database_names_who_connects(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """A rule of a group of a database, cache or search domain names another group, not all addresses of a network."""
    for one, database in _openings_of_databases(stack, stacks):
        if not any(map(is_of_internet, one.networks)) and any(each.num_addresses > 1 for each in one.networks):
            networks = ", ".join(map(str, one.networks))
            yield Finding.about(one.resource, f"lets all of {networks} reach {database}; name the group that connects")


def _openings_of_databases(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[tuple[Opening, str]]:
    """What rules of a stack open to addresses in groups of databases, and one of these databases."""
    opened = [one for one in openings(stack, stacks) if one.is_ingress and one.networks]
    databases = {
        str(place): f"{other.id}/{resource.address}"
        for other in of_same_environment(stack, stacks)
        for resource in other.all(*_DATABASES)
        for _, name, value in walk(dict(resource.arguments))
        if _GROUPS.search(name)
        for place in places(value, other, stacks)
        if opened
    }
    yield from ((one, databases[one.group]) for one in opened if one.group in databases)
