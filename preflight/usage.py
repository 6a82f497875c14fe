"""How much of a quota the account uses already, without what this environment has: it is counted as the peak.

Names are unique in AWS where this compares names; elsewhere the tags decide.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from preflight import peak
from preflight.account import unless_missing
from preflight.peak import FARGATE_SPOT
from preflight.platform import tags_from
from preflight.zones import read_zones, zone_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from preflight.account import Account
    from preflight.platform import Platform

    Usage = Callable[[Account, Platform, str], float]

_CPU_UNITS: Final = 1024
_TASKS_PER_CALL: Final = 100
"""https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html"""

_KEY_TYPES: Final = ["RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"]
"""Without them, only certificates with two types of RSA keys are listed.

https://docs.aws.amazon.com/acm/latest/APIReference/API_Filters.html
"""
_STORAGE_OF_CLUSTER: Final = ("aurora", "docdb", "neptune")


def nothing(_: Account, __: Platform, ___: str) -> float:
    """For a quota of one resource of the environment, which shares it with nothing."""
    return 0


def fargate_vcpu(provider: str) -> Usage:
    """The vCPUs of tasks in clusters of others."""

    def used(account: Account, platform: Platform, region: str) -> float:
        is_spot = provider == FARGATE_SPOT
        tasks = account.once(("tasks", region), lambda: list(_fargate_tasks(account, platform, region)))
        units = [
            int(task.get("cpu") or 0) for task in tasks if (task.get("capacityProviderName") == FARGATE_SPOT) == is_spot
        ]
        return sum(units) / _CPU_UNITS

    return used


def _fargate_tasks(account: Account, platform: Platform, region: str) -> Iterable[Any]:
    own = platform.names("aws_ecs_cluster", "name")
    for cluster in account.items("ecs", region, "list_clusters", "clusterArns"):
        if cluster.rpartition("/")[2] in own:
            continue
        arns = account.items("ecs", region, "list_tasks", "taskArns", cluster=cluster)
        for start in range(0, len(arns), _TASKS_PER_CALL):
            batch = arns[start : start + _TASKS_PER_CALL]
            answer = account.client("ecs", region).describe_tasks(cluster=cluster, tasks=batch)
            yield from (task for task in answer["tasks"] if task.get("launchType") != "EC2")


def tagged(operation: str, member: str, **arguments: object) -> Usage:
    """Items of EC2 without the environment's tags."""

    def used(account: Account, platform: Platform, region: str) -> float:
        items = account.items("ec2", region, operation, member, **arguments)
        return sum(not platform.owns(tags_from(item.get("Tags"))) for item in items)

    return used


def nat_gateways(account: Account, platform: Platform, region: str) -> float:
    """The NAT gateways of others in that zone of the environment that has most; one that failed does not count."""
    subnets = account.items("ec2", region, "describe_subnets", "Subnets")
    zones = {subnet["SubnetId"]: subnet["AvailabilityZone"] for subnet in subnets}
    own = zone_names(peak.nat_gateways(platform, region), read_zones(account, region))
    states = [{"Name": "state", "Values": ["pending", "available", "deleting"]}]
    others = Counter(
        zones.get(gateway["SubnetId"])
        for gateway in account.items("ec2", region, "describe_nat_gateways", "NatGateways", Filters=states)
        if not platform.owns(tags_from(gateway.get("Tags")))
    )
    return max((others[zone] for zone in own), default=0)


def named(service: str, operation: str, member: str, *, name: str, kinds: dict[str, str], **arguments: object) -> Usage:
    """Items whose name is none of the environment's.

    Args:
        service: The boto3 name of the service.
        operation: The list operation.
        member: The member of its answer.
        name: The member of an item with its name.
        kinds: The resource types of the environment that count, each with the argument that names it.
        arguments: Those of the operation.
    """

    def used(account: Account, platform: Platform, region: str) -> float:
        items = _listed(account, service, region, operation, member, **arguments)
        own = {value for kind, argument in kinds.items() for value in platform.names(kind, argument)}
        return sum(item[name].removesuffix(".") not in own for item in items)

    return used


def certificates(account: Account, platform: Platform, region: str) -> float:
    """Certificates for other domains."""
    own = platform.names("aws_acm_certificate", "domain_name")
    found = account.items(
        "acm", region, "list_certificates", "CertificateSummaryList", Includes={"keyTypes": _KEY_TYPES}
    )
    return sum(item["DomainName"] not in own for item in found)


def load_balancers(account: Account, platform: Platform, region: str) -> float:
    """Application Load Balancers of others."""
    own = platform.names("aws_lb", "name")
    found = account.items("elbv2", region, "describe_load_balancers", "LoadBalancers")
    names = [item["LoadBalancerName"] for item in found if item["Type"] == "application"]
    return sum(name not in own for name in names)


def database_storage_gib(account: Account, platform: Platform, region: str) -> float:
    """The storage of other instances."""
    own = platform.names("aws_db_instance", "identifier")
    return sum(
        float(item.get("AllocatedStorage") or 0)
        for item in database_instances(account, region)
        if item["DBInstanceIdentifier"] not in own and not item["Engine"].startswith(_STORAGE_OF_CLUSTER)
    )


def database_instances(account: Account, region: str) -> list[Any]:
    """All instances of RDS and of DocumentDB in the account."""
    return _listed(account, "rds", region, "describe_db_instances", "DBInstances")


def _listed(account: Account, service: str, region: str, operation: str, member: str, **arguments: object) -> list[Any]:
    """What an operation lists, read once for all checks."""
    found: list[Any] = account.once(
        (service, operation, region, str(arguments)),
        lambda: account.items(service, region, operation, member, **arguments),
    )
    return found


def reserved_concurrency(account: Account, platform: Platform, region: str) -> float:
    """What functions of others have reserved; Lambda has only the sum, so this environment's are subtracted."""
    client = account.client("lambda", region)
    limits = client.get_account_settings()["AccountLimit"]
    own = sum(
        unless_missing(partial(_reservation, client, function), "ResourceNotFoundException") or 0
        for function in peak.reserving_functions(platform, region)
    )
    return float(limits["ConcurrentExecutions"] - limits["UnreservedConcurrentExecutions"] - own)


def _reservation(client: Any, function: str) -> int:  # noqa: ANN401 - boto3 has no types
    return int(client.get_function_concurrency(FunctionName=function).get("ReservedConcurrentExecutions") or 0)
