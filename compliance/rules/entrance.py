"""The entrance: a name leads from the internet to each load balancer, and from there on to tasks that listen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance.entrances import Entrance, openings
from compliance.graph import Graph, is_among
from compliance.references import of_same_environment
from compliance.request import (
    BALANCER,
    HTTPS_PORT,
    forwards,
    listener_rules,
    listening_container,
    production_listeners,
    services,
    target_groups,
)
from compliance.rule import Finding, rule_with_others

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from compliance.graph import Node
    from synthesis.manifest import Stack


@rule_with_others
def load_balancer_has_an_entrance(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """A name that its certificate covers leads from the internet to each load balancer, directly or by CloudFront."""
    graph = Graph(of_same_environment(stack, stacks))
    for balancer in _balancers(graph, stack):
        listeners = production_listeners(graph, balancer)
        if not listeners:
            yield Finding.about(balancer.resource, f"has no HTTPS listener on port {HTTPS_PORT}: add one")
        for listener in listeners:
            for missing in Entrance(graph, balancer, listener).missing_links():
                yield Finding.about(listener.resource, f"cannot be reached: {missing}")


@rule_with_others
def listener_leads_to_tasks(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """Each rule of a listener forwards to target groups with tasks, which the load balancer reaches on their port."""
    graph = Graph(of_same_environment(stack, stacks))
    for balancer in _balancers(graph, stack):
        for listener in production_listeners(graph, balancer):
            forwarding = [node for node in (*listener_rules(graph, listener), listener) if forwards(node)]
            if not forwarding:
                yield Finding.about(listener.resource, "forwards nothing: add a rule with a target group")
            for node in forwarding:
                for problem in _problems_of_rule(graph, balancer, node):
                    yield Finding.about(listener.resource, problem)


def _problems_of_rule(graph: Graph, balancer: Node, node: Node) -> Iterator[str]:
    groups = target_groups(graph, node)
    if not groups:
        yield f"{node.place} forwards to no target group of these stacks: use the ARN of one"
    for group in groups:
        found = services(graph, group)
        if not found:
            yield f"{group.place} has no tasks: add a load_balancer block for it to an aws_ecs_service"
        for service, block in found:
            port = block.get("container_port")
            if not listening_container(graph, service, block):
                container = block.get("container_name")
                yield f"{service.place}: its task has no container {container} with port {port}: use one that it has"
            if port != group.get("port"):
                yield f"{group.place} has port {group.get('port')}, and {service.place} {port}: use the same"
            yield from _closed_ports(graph, balancer, service, int(group.get("port")))


def _closed_ports(graph: Graph, balancer: Node, service: Node, port: int) -> Iterator[str]:
    """What keeps a load balancer from the tasks of a service: both groups need a rule."""
    callers = graph.targets(balancer, "security_groups")
    network = service.resource.block("network_configuration")
    tasks = graph.follow(service.stack, network.get("security_groups"), "aws_security_group")
    between = f"from {balancer.place} to {service.place}"
    for kind, groups, peers in (("egress", callers, tasks), ("ingress", tasks, callers)):
        rules = openings(graph, groups, port, egress=kind == "egress")
        allowed = [peer for rule in rules for peer in graph.targets(rule, "referenced_security_group_id")]
        if not any(is_among(peer, peers) for peer in allowed):
            yield f"no {kind} rule on port {port} {between}: add one that names the other group"


def _balancers(graph: Graph, stack: Stack) -> Iterator[Node]:
    """The application load balancers of a stack."""
    for balancer in graph.all(BALANCER):
        if balancer.stack.id == stack.id and balancer.get("load_balancer_type") in (None, "application"):
            yield balancer
