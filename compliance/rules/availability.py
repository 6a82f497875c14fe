"""Protected environments survive the loss of a zone or of an instance, and hear of what AWS does to a database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance.arguments import is_off, is_set, walk
from compliance.graph import Node
from compliance.references import Place, of_same_environment, places, referred
from compliance.rule import Finding, rule, rule_with_others
from synthesis.stateful import SOURCE_OF_REPLICA
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthesis.manifest import Stack

_SUBNET: Final = "aws_subnet"
_IN_SUBNETS: Final = {
    "aws_db_subnet_group": "subnet_ids",
    "aws_docdb_subnet_group": "subnet_ids",
    "aws_elasticache_subnet_group": "subnet_ids",
    "aws_lb": "subnets",
    "aws_neptune_subnet_group": "subnet_ids",
    "aws_redshift_subnet_group": "subnet_ids",
    "aws_ecs_service": "network_configuration",
    "aws_autoscaling_group": "vpc_zone_identifier",
}
"""What is in subnets, and the argument with them."""
_ZONES: Final = ("availability_zone_id", "availability_zone")
_LEAST: Final = 2
_EVENTS: Final = {
    "aws_db_instance": ("aws_db_event_subscription", "db-instance"),
    "aws_rds_cluster": ("aws_db_event_subscription", "db-cluster"),
    "aws_docdb_cluster": ("aws_docdb_event_subscription", "db-cluster"),
    "aws_docdb_cluster_instance": ("aws_docdb_event_subscription", "db-instance"),
    "aws_neptune_cluster": ("aws_neptune_event_subscription", "db-cluster"),
}
"""Databases, with the subscription to what AWS says about them (RDS.19 to RDS.22 of Security Hub)."""
_INSTANCES: Final = {
    "aws_docdb_cluster": "aws_docdb_cluster_instance",
    "aws_neptune_cluster": "aws_neptune_cluster_instance",
    "aws_rds_cluster": "aws_rds_cluster_instance",
}
_GLOBAL: Final = "global_cluster_identifier"


@rule_with_others
def subnets_are_in_two_zones(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """What a protected environment has in subnets is in those of two zones or more, so that it survives one."""
    for kind, argument in _IN_SUBNETS.items() if stack.is_protected else ():
        for resource in stack.all(kind):
            subnets = [
                (owner, one) for owner, one in referred(resource.get(argument), stack, stacks) if one.kind == _SUBNET
            ]
            zones = {str(next(filter(None, map(one.get, _ZONES)), one.address)) for _, one in subnets}
            if subnets and len(zones) < _LEAST:
                yield Finding.about(resource, f"{argument} has subnets of one zone only, {', '.join(sorted(zones))}")


@rule_with_others
def cluster_has_a_spare_instance(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """A protected cluster of databases has two instances or more: a spare one takes over within a minute."""
    for kind, instance in _INSTANCES.items():
        for cluster in stack.all(kind) if stack.is_protected and not stack.stands_by else ():
            if cluster.get("engine_mode") == "serverless" or is_set(cluster.get("db_cluster_instance_class")):
                continue
            own = Place.of(stack, cluster)
            count = sum(
                own in places(one.get("cluster_identifier"), other, stacks)
                for other in of_same_environment(stack, stacks)
                for one in other.all(instance)
            )
            if count < _LEAST and not is_set(cluster.get(_GLOBAL)):
                yield Finding.about(cluster, f"has {count} {instance}; it must have {_LEAST} or more")


@rule
def service_has_a_spare_task(stack: Stack) -> Iterator[Finding]:
    """A protected service never scales below two tasks: while one is replaced, the other answers."""
    for target in stack.all("aws_appautoscaling_target") if stack.is_protected and not stack.stands_by else ():
        least = str(target.get("min_capacity"))
        if target.get("service_namespace") == "ecs" and least.isdecimal() and int(least) < _LEAST:
            yield Finding.about(target, f"min_capacity is {least}; it must be {_LEAST} or more")


@rule
def database_is_in_two_zones(stack: Stack) -> Iterator[Finding]:
    """A protected PostgreSQL has a standby in another zone."""
    for database in stack.all("aws_db_instance") if stack.is_protected else ():
        if database.get("multi_az") is not True and not database.get(SOURCE_OF_REPLICA):
            yield Finding.about(database, "multi_az is off")


@rule_with_others
def database_events_have_a_receiver(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """What AWS says about a database, such as a failure or low storage, goes to a topic."""
    for kind, (subscription, source) in _EVENTS.items():
        for database in stack.all(kind):
            found = [
                one
                for other in of_same_environment(stack, stacks)
                for one in other.all(subscription)
                if _is_about(Node(other, one), source, Node(stack, database), stacks)
            ]
            if not found:
                yield Finding.about(database, f"no {subscription} for {source} is about it")


@rule
def event_subscription_is_on(stack: Stack) -> Iterator[Finding]:
    """Subscriptions to the events of databases are switched on."""
    for kind in sorted({one for one, _ in _EVENTS.values()}):
        for one in stack.all(kind):
            if is_set(one.get("enabled")) and is_off(one.get("enabled")):
                yield Finding.about(one, "enabled is off")


@rule
def firewall_rule_has_metrics(stack: Stack) -> Iterator[Finding]:
    """Each rule of a web ACL or a rule group has a metric and samples (WAF.12)."""
    for kind in ("aws_wafv2_web_acl", "aws_wafv2_rule_group"):
        for acl in stack.all(kind):
            for name, block in [("it", acl.arguments), *((one.get("name"), one) for one in blocks(acl.get("rule")))]:
                settings = blocks(block.get("visibility_config"))
                for argument in ("cloudwatch_metrics_enabled", "sampled_requests_enabled"):
                    if not settings or any(one.get(argument) is not True for one in settings):
                        yield Finding.about(acl, f"{argument} of {name} is off")


@rule_with_others
def repository_has_a_lifecycle(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """Every repository of images removes old ones (ECR.3), by a policy that removes something."""
    prefixes = [
        str(one.get("ecr_repository_prefix"))
        for other in of_same_environment(stack, stacks)
        for one in other.all("aws_ecr_pull_through_cache_rule")
    ]
    for repository in stack.all("aws_ecr_repository"):
        name = str(repository.get("name"))
        policies = [
            one
            for one in stack.all("aws_ecr_lifecycle_policy")
            if repository.is_referred_to_by(one.get("repository")) or one.get("repository") == name
        ]
        if not policies and not any(name.startswith(f"{prefix}/") for prefix in prefixes):
            yield Finding.about(repository, "no aws_ecr_lifecycle_policy on it")


@rule_with_others
def table_is_in_a_backup_plan(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """A protected DynamoDB table is in the selection of a backup plan, or has a replica in another region."""
    locks = {one.backend.get("dynamodb_table") for one in stacks.values()}
    for table in stack.all("aws_dynamodb_table") if stack.is_protected else ():
        if table.get("name") in locks:
            continue  # a lock that is lost is none
        selections = [one for other in of_same_environment(stack, stacks) for one in other.all("aws_backup_selection")]
        if not selections:
            continue
        named = any(
            Place.of(stack, table) in places(value, other, stacks)
            for other in of_same_environment(stack, stacks)
            for one in other.all("aws_backup_selection", "aws_dynamodb_table_replica")
            for value in (one.get("resources"), one.get("global_table_arn"))
        )
        listed = any(
            ":table/" in str(value) or value == "*" for one in selections for _, _, value in walk(dict(one.arguments))
        )
        if not named and not listed and not blocks(table.get("replica")):
            yield Finding.about(table, "no aws_backup_selection names it, and it has no replica")


def _is_about(one: Node, source: str, database: Node, stacks: Mapping[str, Stack]) -> bool:
    if one.get("source_type") not in {None, source}:
        return False
    ids = one.get("source_ids")
    if not is_set(ids):
        return True
    named = database.get("identifier") or database.get("cluster_identifier")
    is_named = isinstance(ids, list) and isinstance(named, str) and named in ids
    return is_named or Place.of(database.stack, database.resource) in places(ids, one.stack, stacks)
