"""Where a build may connect to, by security groups: those of the hosts in the urls that it reads, HTTPS, and mirrors.

Not by the numbers of ports: the proxy of a database and its instance have the same one, and groups of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import boto3

_HTTPS: Final = 443
_MIRRORS: Final = (80, "0.0.0.0/0")
_PORTS: Final = {"postgresql": 5432, "mongodb": 27017}


def network_problems(
    name: str, groups: Sequence[str], parameters: Iterable[str], session: boto3.Session, *, mirrors: bool = False
) -> Iterator[str]:
    """What is wrong with the security groups of a build.

    Args:
        name: Of the build.
        groups: Its security groups.
        parameters: The parameters with the urls of databases that it reads.
        session: In its account.
        mirrors: Whether it reaches mirrors of packages over HTTP.
    """
    found = _groups(groups, session)
    if inwards := [rule for group in found for rule in group["IpPermissions"]]:
        yield f"{name} can be reached: {inwards}"
    wanted: set[tuple[int, str]] = {_MIRRORS} if mirrors else set()
    for parameter in sorted(parameters):
        host, port = _host(parameter, session)
        admitting = _groups_of(host, session)
        if not admitting:
            yield f"the url in {parameter} leads to {host}, and the account has no database of that name"
            continue
        wanted |= {(port, group) for group in admitting}
        if not _admits(admitting, groups, port, session):
            yield f"{host} of the url in {parameter} does not let {name} in: {', '.join(sorted(admitting))}"
    outwards = set(_outwards(found))
    if not any(port == _HTTPS for port, _ in outwards):
        yield f"{name} does not reach AWS: no rule lets it out on the port {_HTTPS}"
    reached = {(port, peer) for port, peer in outwards if port != _HTTPS}
    if reached != wanted:
        yield f"what {name} reaches besides HTTPS: {sorted(reached)}, wanted {sorted(wanted)}"


def _groups(ids: Iterable[str], session: boto3.Session) -> list[Mapping[str, Any]]:
    ec2: Any = session.client("ec2")
    found: list[Mapping[str, Any]] = ec2.describe_security_groups(GroupIds=sorted(ids))["SecurityGroups"]
    return found


def _host(parameter: str, session: boto3.Session) -> tuple[str, int]:
    """Host and port of a url."""
    value = session.client("ssm").get_parameter(Name=parameter, WithDecryption=True)["Parameter"]["Value"]
    parts = urlsplit(str(value))
    return str(parts.hostname), parts.port or _PORTS[parts.scheme]


def _groups_of(host: str, session: boto3.Session) -> set[str]:
    """The security groups of what has this host: an instance, a proxy or a cluster."""
    rds: Any = session.client("rds")
    for proxy in rds.describe_db_proxies()["DBProxies"]:
        if proxy["Endpoint"] == host:
            return set(proxy["VpcSecurityGroupIds"])
    servers: list[Any] = [*rds.describe_db_instances()["DBInstances"]]
    servers += session.client("docdb").describe_db_clusters()["DBClusters"]
    for server in servers:
        endpoint = server.get("Endpoint")
        if host == (endpoint["Address"] if isinstance(endpoint, dict) else endpoint):
            return {str(one["VpcSecurityGroupId"]) for one in server["VpcSecurityGroups"]}
    return set()


def _admits(ids: Iterable[str], peers: Iterable[str], port: int, session: boto3.Session) -> bool:
    return any(
        int(rule.get("FromPort", -1)) <= port <= int(rule.get("ToPort", -1))
        and {one["GroupId"] for one in rule.get("UserIdGroupPairs") or ()} & set(peers)
        for group in _groups(ids, session)
        for rule in group["IpPermissions"]
    )


def _outwards(groups: Iterable[Mapping[str, Any]]) -> Iterator[tuple[int, str]]:
    """Each port with the group, the addresses or the list that it leads to; a range is named by its first port."""
    for rule in (rule for group in groups for rule in group["IpPermissionsEgress"]):
        port = int(rule.get("FromPort", -1))
        if port != int(rule.get("ToPort", -1)):
            yield port, f"a range to {rule.get('ToPort')}"
        yield from ((port, str(one["GroupId"])) for one in rule.get("UserIdGroupPairs") or ())
        yield from ((port, str(one["CidrIp"])) for one in rule.get("IpRanges") or ())
        yield from ((port, str(one["PrefixListId"])) for one in rule.get("PrefixListIds") or ())
