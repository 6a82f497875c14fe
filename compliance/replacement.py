"""Which resources need another name to be replaced by creating the new one first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance.rule import Finding
from synthesis.template import references, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthesis.manifest import Stack
    from synthesis.template import Resource

# What forces a new resource is on each type's page; `{type}` is its name without `aws_`:
# https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/{type}
REPLACING: Final[Mapping[str, tuple[str, ...]]] = {
    "aws_db_parameter_group": ("description", "family"),
    "aws_docdb_cluster_parameter_group": ("description", "family"),
    "aws_rds_cluster_parameter_group": ("description", "family"),
    "aws_db_option_group": ("engine_name", "major_engine_version", "option_group_description"),
    # Both update all but the name.
    "aws_db_subnet_group": (),
    "aws_docdb_subnet_group": (),
    "aws_elasticache_parameter_group": ("description", "family"),
    "aws_security_group": ("description", "vpc_id"),
    "aws_lb_target_group": (
        "ip_address_type",
        "port",
        "protocol",
        "protocol_version",
        "target_type",
        "vpc_id",
    ),
    "aws_lb": ("customer_owned_ipv4_pool", "internal", "load_balancer_type"),
    "aws_iam_role": ("path",),
    "aws_iam_policy": ("description", "path"),
    "aws_cloudwatch_log_group": ("log_group_class",),
    "aws_sqs_queue": ("fifo_queue",),
    "aws_sns_topic": ("fifo_topic",),
    "aws_ecs_capacity_provider": ("auto_scaling_group_provider",),
    "aws_launch_template": (),
    # And the scope, but each scope has its own names.
    "aws_wafv2_ip_set": ("ip_address_version",),
    "aws_wafv2_web_acl": (),
}
"""The arguments that force a replacement, besides the name, of each type whose names are unique."""

NAMELESS: Final = frozenset({"aws_acm_certificate", "terraform_data"})
"""Types of which several can be the same."""


def created_first(stack: Stack, *, after: Stack | None = None) -> frozenset[str]:
    """The addresses of what is replaced by creating the new one before the old one is destroyed.

    What such a resource depends on is created first too, whatever its own lifecycle says:
    https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#create_before_destroy

    Args:
        stack: The stack as it is.
        after: The stack as it will be: only what it removes counts, for Terraform keeps in the state how to delete it.
    """
    resources = {resource.address: resource for resource in stack.all()}
    kept = {resource.address for resource in after.all()} if after else set()
    waiting = [
        resource
        for address, resource in resources.items()
        if address not in kept and resource.block("lifecycle").get("create_before_destroy") is True
    ]
    found: set[str] = set()
    while waiting:
        resource = waiting.pop()
        if resource.address not in found:
            found.add(resource.address)
            waiting.extend(resources[address] for address in _dependencies(resource) if address in resources)
    return frozenset(found)


def _dependencies(resource: Resource) -> Iterator[str]:
    yield from resource.get("depends_on") or ()
    for _, text in texts(dict(resource.arguments)):
        yield from (match["address"] for match in references(text) if match["address"])


def fixed_name(resource: Resource) -> str | None:
    """The name that the old and the new resource would both have; None if AWS or Terraform makes one up."""
    name = resource.get("name")
    return str(name) if name is not None else None


def replacing(resource: Resource) -> dict[str, object]:
    """The arguments that force a replacement, with their values, except those whose changes are ignored."""
    ignored = resource.block("lifecycle").get("ignore_changes") or []
    if ignored == "all":
        return {}
    return {
        argument: resource.get(argument)
        for argument in REPLACING.get(resource.kind, ())
        if argument not in ignored and resource.get(argument) is not None
    }


def name_clashes(before: Stack, after: Stack) -> Iterator[Finding]:
    """Replacements from one state of a stack to another that AWS refuses, because the new resource has the old name."""
    old = {resource.address: resource for resource in before.all(*REPLACING)}
    first = created_first(after) | created_first(before, after=after)
    for resource in after.all(*REPLACING):
        present = old.get(resource.address)
        if present is None or resource.address not in first or fixed_name(resource) is None:
            continue
        was, will_be = replacing(present), replacing(resource)
        changed = sorted(key for key in will_be if will_be[key] != was.get(key, will_be[key]))
        if changed and fixed_name(present) == fixed_name(resource):
            yield Finding.about(
                resource,
                f"a change of {', '.join(changed)} replaces it, and both would be named {fixed_name(resource)}: "
                "let the name depend on it, or ignore its changes",
            )
