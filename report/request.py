"""The way of a request, from a name to the databases: records, CloudFront, load balancer, services, security groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance.reachability import INTERNET
from compliance.request import (
    DISTRIBUTION,
    RECORD,
    alias_target,
    behaviors,
    listener_rules,
    origin_balancers,
    origin_bucket,
    origin_named,
    production_listeners,
    target_groups,
)
from report.flow import Flow, Step
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance.graph import Node
    from report.boxes import Box, Map

_ACL: Final = "aws_wafv2_web_acl"
_DATABASES: Final = ("aws_db_instance", "aws_db_proxy", "aws_docdb_cluster")


def request_flow(found: Map) -> Flow:
    """The way of a request through an environment; without steps if no name leads into it."""
    flow = Flow()
    users = Step(id="users", title="Users", label="the internet")
    for record, target in _entrances(found):
        name = flow.add(
            Step(id=f"name-{record.get('name')}", title=str(record.get("name")), label="Route 53", box=_zone(found))
        )
        flow.add(users)
        flow.lead(users, name, "HTTPS")
        entered = _step(flow, found, target)
        flow.lead(name, entered, str(record.get("type")))
        if target.resource.kind == DISTRIBUTION:
            _distribution(flow, found, target, entered)
        else:
            _balancer(flow, found, target, entered)
    return flow


def _entrances(found: Map) -> Iterator[tuple[Node, Node]]:
    """Each record that users come by, with what it leads to; the name of an origin is for CloudFront alone."""
    origins = {
        str(origin.get("domain_name"))
        for distribution in found.graph.all(DISTRIBUTION)
        for origin in blocks(distribution.get("origin"))
    }
    for record in found.graph.all(RECORD):
        target = alias_target(found.graph, record)
        if target and str(record.get("name")) not in origins:
            yield record, target


def _zone(found: Map) -> str:
    return next((box.id for box in found.of_kind("aws_route53_zone")), "")


def _distribution(flow: Flow, found: Map, distribution: Node, step: Step) -> None:
    for acl in found.graph.targets(distribution, "web_acl_id", _ACL):
        flow.lead(step, _step(flow, found, acl), "asks first")
    for behavior in behaviors(distribution):
        origin = origin_named(distribution, behavior.get("target_origin_id"))
        pattern = str(behavior.get("path_pattern", "all other paths"))
        if origin is None:
            continue
        if bucket := origin_bucket(found.graph, distribution, origin):
            flow.lead(step, _step(flow, found, bucket), pattern)
        for balancer in origin_balancers(found.graph, distribution, origin):
            behind = _step(flow, found, balancer)
            flow.lead(step, behind, pattern)
            _balancer(flow, found, balancer, behind)


def _balancer(flow: Flow, found: Map, balancer: Node, step: Step) -> None:
    for association in found.graph.sources(balancer, "aws_wafv2_web_acl_association", by="resource_arn"):
        for acl in found.graph.targets(association, "web_acl_arn", _ACL):
            flow.lead(step, _step(flow, found, acl), "asks first")
    for listener in production_listeners(found.graph, balancer):
        for rule in listener_rules(found.graph, listener):
            paths = [
                pattern
                for condition in blocks(rule.get("condition"))
                for block in blocks(condition.get("path_pattern"))
                for pattern in block.get("values", ())
            ]
            for group in target_groups(found.graph, rule):
                for service in found.graph.sources(group, "aws_ecs_service", by="load_balancer"):
                    behind = _step(flow, found, service)
                    flow.lead(step, behind, *paths, f"port {group.get('port')}")
                    _databases(flow, found, behind)


def _databases(flow: Flow, found: Map, step: Step) -> None:
    """What the security groups let a step reach, as far as it is a database or leads to one."""
    names = {name for name, box in found.groups.items() if box == step.box}
    for connection in found.network:
        target = found.groups.get(connection.listener, "")
        if connection.caller not in names or connection.listener == INTERNET or not target or target == step.box:
            continue
        box = found.box(target)
        if box.kind in _DATABASES:
            behind = _of_box(flow, box)
            flow.lead(step, behind, f"{connection.protocol} {connection.first_port}")
            _databases(flow, found, behind)


def _step(flow: Flow, found: Map, node: Node) -> Step:
    box = found.owner(node)
    if box is None:  # a resource that is not made as a box of its own
        return flow.add(Step(id=node.place, title=node.resource.name, label=node.resource.kind))
    return _of_box(flow, box)


def _of_box(flow: Flow, box: Box) -> Step:
    return flow.add(Step(id=box.id, title=box.title, label=box.label, box=box.id))
