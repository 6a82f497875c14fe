"""What a request meets on its way, read from the JSON: records, CloudFront, certificates, listeners, target groups.

The rules of `rules/entrance.py` and the tests that walk a request from a name to a task use the same functions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from compliance.evaluation import matches
from compliance.policies import many
from compliance.task_definitions import task_definitions
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from compliance.graph import Graph, Node

    Block = Mapping[str, Any]

BALANCER: Final = "aws_lb"
DISTRIBUTION: Final = "aws_cloudfront_distribution"
RECORD: Final = "aws_route53_record"
_ZONE: Final = "aws_route53_zone"
HTTPS_PORT: Final = 443
"""The port of production; further HTTPS listeners are for the tests of a deployment and have no way in."""

_FORWARDS_HOST: Final = frozenset(
    {"216adef6-5c7f-47e4-b989-5492eafa07d3", "33f36d7e-f396-46d9-90e0-52428a34d9dc"},
)
"""The managed policies by which the origin gets the viewer's `Host`: AllViewer, AllViewerAndCloudFrontHeaders.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
"""


# Names


def records(graph: Graph, name: str, kind: str) -> list[Node]:
    """The records of a type with a name; a record and a request may differ in case and in the last dot."""
    return [
        record
        for record in graph.all(RECORD)
        if record.get("type") == kind and _is_same_name(str(record.get("name")), name)
    ]


def records_to(graph: Graph, target: Node, kind: str) -> list[Node]:
    """The alias records of a type that lead to a load balancer or a distribution."""
    found = ((record, alias_target(graph, record)) for record in graph.all(RECORD) if record.get("type") == kind)
    return [record for record, leads_to in found if leads_to and leads_to.place == target.place]


def alias_target(graph: Graph, record: Node) -> Node | None:
    """The load balancer or distribution that an alias record leads to: by its name, in its own zone."""
    alias = record.resource.block("alias")
    named = graph.follow(record.stack, alias.get("name"), BALANCER, DISTRIBUTION)
    zones = {node.place for node in graph.follow(record.stack, alias.get("zone_id"), BALANCER, DISTRIBUTION)}
    return next((node for node in named if node.place in zones), None)


def is_in_its_zone(graph: Graph, record: Node) -> bool:
    """Whether a record is in a public zone for its name; the id of a zone that exists already is trusted.

    A stack that must not read the state of the zone's stack finds the zone by its name.
    """
    zone_id = str(record.get("zone_id") or "")
    zones = [zone for zone in graph.follow(record.stack, zone_id, _ZONE) if not zone.get("vpc")]
    name = str(record.get("name"))
    looked_up = [zone for zone in graph.data(record.stack, zone_id, _ZONE) if not zone.get("private_zone")]
    names = [*(str(zone.get("name")) for zone in zones), *(str(zone.get("name")) for zone in looked_up)]
    own = any(name == zone or name.endswith(f".{zone}") for zone in names)
    return own or (zone_id.startswith("Z") and "${" not in zone_id)


# Certificates


def certificates(graph: Graph, node: Node, value: object) -> list[Node]:
    """The validated certificates that a value, a part of a resource, refers to."""
    return [
        certificate
        for validation in graph.follow(node.stack, value, "aws_acm_certificate_validation")
        for certificate in graph.targets(validation, "certificate_arn", "aws_acm_certificate")
    ]


def certificate_holders(graph: Graph, listener: Node) -> list[Node]:
    """What gives a listener its certificates: itself, and each that adds one."""
    return [listener, *graph.sources(listener, "aws_lb_listener_certificate", by="listener_arn")]


def listener_certificates(graph: Graph, listener: Node) -> list[Node]:
    """The validated certificates of a listener: its own one, and those that are added."""
    holders = certificate_holders(graph, listener)
    return [found for node in holders for found in certificates(graph, node, node.get("certificate_arn"))]


def certified_names(found: Iterable[Node]) -> list[str]:
    """The names of certificates."""
    return [
        name
        for certificate in found
        for name in (str(certificate.get("domain_name")), *many(certificate.get("subject_alternative_names")))
    ]


def covers(names: Iterable[str], host: str) -> bool:
    """Whether a certificate with these names is for a host; an asterisk is one label.

    https://docs.aws.amazon.com/acm/latest/userguide/acm-certificate-characteristics.html
    """
    return any(name == host or (name.startswith("*.") and name[2:] == host.partition(".")[2]) for name in names)


# CloudFront


def behaviors(distribution: Node) -> list[Block]:
    """The cache behaviors in the order in which CloudFront compares them with a path; the default is the last."""
    return [
        *blocks(distribution.get("ordered_cache_behavior")),
        *blocks(distribution.get("default_cache_behavior")),
    ]


def behavior_for(distribution: Node, path: str) -> Block:
    """The first cache behavior whose pattern the path matches; the pattern's first slash can be left out.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html
    """
    return next(
        behavior
        for behavior in behaviors(distribution)
        if matches("/" + str(behavior.get("path_pattern", "*")).removeprefix("/"), path)
    )


def origin_named(distribution: Node, name: object) -> Block | None:
    """The origin with an id; of a group, the one that is asked first."""
    for group in blocks(distribution.get("origin_group")):
        if group.get("origin_id") == name:
            name = next((member.get("origin_id") for member in blocks(group.get("member"))), None)
    return next((one for one in blocks(distribution.get("origin")) if one.get("origin_id") == name), None)


def forwards_host(behavior: Block) -> bool:
    """Whether the origin gets the viewer's `Host` instead of its own name."""
    return behavior.get("origin_request_policy_id") in _FORWARDS_HOST


def vpc_origin(graph: Graph, distribution: Node, origin: Block) -> Node | None:
    """The VPC origin of an origin."""
    configs = [config.get("vpc_origin_id") for config in blocks(origin.get("vpc_origin_config"))]
    return next(iter(graph.follow(distribution.stack, configs, "aws_cloudfront_vpc_origin")), None)


def origin_balancer(graph: Graph, distribution: Node, origin: Block) -> Node | None:
    """The load balancer behind an origin; of several, the first."""
    return next(iter(origin_balancers(graph, distribution, origin)), None)


def origin_balancers(graph: Graph, distribution: Node, origin: Block) -> list[Node]:
    """The load balancers behind an origin: that of its VPC origin, or those of its name in DNS, one in each region."""
    if found := vpc_origin(graph, distribution, origin):
        endpoint = found.resource.block("vpc_origin_endpoint_config")
        return graph.follow(found.stack, endpoint.get("arn"), BALANCER)
    if not blocks(origin.get("custom_origin_config")):
        return []
    named = (alias_target(graph, record) for record in records(graph, str(origin.get("domain_name")), "A"))
    return [node for node in named if node and node.resource.kind == BALANCER]


def origin_bucket(graph: Graph, distribution: Node, origin: Block) -> Node | None:
    """The bucket behind an origin."""
    return next(iter(graph.follow(distribution.stack, origin.get("domain_name"), "aws_s3_bucket")), None)


# The load balancer and what is behind it


def production_listeners(graph: Graph, balancer: Node) -> list[Node]:
    """The HTTPS listeners of a load balancer on the port of HTTPS."""
    return [
        listener
        for listener in graph.sources(balancer, "aws_lb_listener", by="load_balancer_arn")
        if listener.get("protocol") == "HTTPS" and listener.get("port") == HTTPS_PORT
    ]


def listener_rules(graph: Graph, listener: Node) -> list[Node]:
    """The rules of a listener in the order in which they are compared with a request."""
    found = graph.sources(listener, "aws_lb_listener_rule", by="listener_arn")
    return sorted(found, key=lambda rule: int(rule.get("priority")))


def rule_for(graph: Graph, listener: Node, *, host: str, path: str) -> Node | None:
    """The first rule whose conditions a request meets; None if the default action answers."""
    return next((rule for rule in listener_rules(graph, listener) if _meets(rule, host=host, path=path)), None)


def target_groups(graph: Graph, rule: Node) -> list[Node]:
    """The target groups that a rule forwards to, or the default action of a listener."""
    actions = blocks(rule.get("action") or rule.get("default_action"))
    forwards = [action for action in actions if action.get("type") == "forward"]
    return graph.follow(rule.stack, forwards, "aws_lb_target_group")


def forwards(rule: Node) -> bool:
    """Whether a rule, or the default action of a listener, sends requests to targets."""
    actions = blocks(rule.get("action") or rule.get("default_action"))
    return any(action.get("type") == "forward" for action in actions)


def services(graph: Graph, group: Node) -> list[tuple[Node, Block]]:
    """The ECS services whose tasks are in a target group, each with its block about that."""
    return [
        (service, block)
        for service in graph.all("aws_ecs_service")
        for block in blocks(service.get("load_balancer"))
        if any(one.place == group.place for one in graph.follow(service.stack, block.get("target_group_arn")))
    ]


def listening_container(graph: Graph, service: Node, block: Block) -> Block | None:
    """The container that a block of a service means, if its task definition has it with that port."""
    tasks = {node.place for node in graph.targets(service, "task_definition", "aws_ecs_task_definition")}
    return next(
        (
            container
            for task, containers in task_definitions(service.stack)
            if f"{service.stack.id}/{task.address}" in tasks
            for container in containers
            if container.get("name") == block.get("container_name")
            and any(port.get("containerPort") == block.get("container_port") for port in container["portMappings"])
        ),
        None,
    )


def _meets(rule: Node, *, host: str, path: str) -> bool:
    """Whether a request meets every condition of a rule; upper and lower case differ in paths, not in hosts.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
    """
    for condition in blocks(rule.get("condition")):
        for name, value in condition.items():
            patterns = [pattern for block in blocks(value) for pattern in many(block.get("values"))]
            if name == "path_pattern":
                met = any(matches(pattern, path) for pattern in patterns)
            elif name == "host_header":
                met = any(matches(pattern.lower(), host.lower()) for pattern in patterns)
            else:
                message = f"{rule.place}: the condition {name} is not known; add it to compliance/request.py"
                raise ValueError(message)
            if not met:
                return False
    return True


def _is_same_name(one: str, other: str) -> bool:
    return one.lower().rstrip(".") == other.lower().rstrip(".")
