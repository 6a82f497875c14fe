"""A request walks through the JSON of each environment, from the name that a user types to who answers it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import pytest

from compliance.graph import Graph
from compliance.request import (
    BALANCER,
    DISTRIBUTION,
    alias_target,
    behavior_for,
    certified_names,
    covers,
    forwards_host,
    listener_certificates,
    listening_container,
    origin_balancer,
    origin_bucket,
    origin_named,
    production_listeners,
    records,
    rule_for,
    services,
    target_groups,
)
from synthesis.template import blocks
from tests.broken import Documents
from tests.cloudfront_function import answers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from compliance.graph import Node
    from synthesis.manifest import Stack

HOSTS: Final = {
    "dev": "dev.users.example.com",
    "staging": "staging.users.example.com",
    "prod": "users.example.com",
    "public": "users.example.com",
    "elsewhere": "relations.example.org",
}


@dataclass(frozen=True)
class Answer:
    """Who answers a request, and which path it gets."""

    by: str
    """`<service>/<container>:<port>`, a bucket, or CloudFront's or the load balancer's own answer with its status."""
    path: str


FRONTEND, BACKEND, DOWN = "frontend/frontend:8443", "backend/backend:8443", "CloudFront: 503"
DIRECT: Final = {
    "/": Answer(FRONTEND, "/"),
    "/users/42": Answer(FRONTEND, "/users/42"),
    "/api/users": Answer(BACKEND, "/api/users"),
    "/static/app.js": Answer(FRONTEND, "/static/app.js"),
}
BY_CLOUDFRONT: Final = {
    "/": Answer(FRONTEND, "/index.html"),
    "/users/42": Answer(FRONTEND, "/index.html"),
    "/favicon.ico": Answer(FRONTEND, "/favicon.ico"),
    "/api/users": Answer(BACKEND, "/api/users"),
    "/api": Answer(FRONTEND, "/index.html"),
    "/static/app.js": Answer("assets", "/static/app.js"),
    "/unavailable.html": Answer("assets", "/unavailable.html"),
}
MAINTENANCE: Final = {
    "/": Answer(DOWN, "/"),
    "/users/42": Answer(DOWN, "/users/42"),
    "/api/users": Answer(DOWN, "/api/users"),
    "/static/app.js": Answer(DOWN, "/static/app.js"),  # its static files are below /assets/
    "/assets/app.js": Answer("assets", "/assets/app.js"),
}
EXPECTED: Final = {
    "dev": DIRECT,
    "staging": BY_CLOUDFRONT,
    "prod": BY_CLOUDFRONT,
    "public": BY_CLOUDFRONT,
    "elsewhere": MAINTENANCE,
}


def walk(stacks: Mapping[str, Stack], *, host: str, path: str, record: str = "A") -> Answer:
    """Follow `GET https://<host><path>` by records of a type; every step must lead to exactly one thing."""
    graph = Graph(stacks.values())
    (target,) = {node.place: node for node in _leading(graph, host, record)}.values()
    if target.resource.kind == BALANCER:
        return _at_balancer(graph, target, host=host, server_name=host, path=path)
    assert target.resource.kind == DISTRIBUTION
    return _at_cloudfront(graph, target, host=host, path=path)


def _leading(graph: Graph, host: str, record: str) -> list[Node]:
    found = [alias_target(graph, one) for one in records(graph, host, record)]
    assert all(found)
    return [node for node in found if node]


def _at_cloudfront(graph: Graph, distribution: Node, *, host: str, path: str) -> Answer:
    assert host in distribution.get("aliases")
    behavior = behavior_for(distribution, path)
    for function in _functions(graph, distribution, behavior):
        answer = _after(function.get("code"), path)
        if "statusCode" in answer:
            return Answer(f"CloudFront: {answer['statusCode']}", path)
        path = answer["uri"]
    origin = origin_named(distribution, behavior["target_origin_id"])
    assert origin
    if bucket := origin_bucket(graph, distribution, origin):
        return Answer(bucket.resource.name, path)
    balancer = origin_balancer(graph, distribution, origin)
    assert balancer
    name = str(origin["domain_name"])
    return _at_balancer(graph, balancer, host=host if forwards_host(behavior) else name, server_name=name, path=path)


def _functions(graph: Graph, distribution: Node, behavior: Mapping[str, Any]) -> list[Node]:
    before = [one for one in blocks(behavior.get("function_association")) if one["event_type"] == "viewer-request"]
    return graph.follow(distribution.stack, before, "aws_cloudfront_function")


@cache
def _after(code: str, path: str) -> dict[str, Any]:
    """What a function makes of a request: another one, or an answer."""
    (result,) = answers(code, {"method": "GET", "uri": path, "querystring": {}, "headers": {}, "cookies": {}})
    return result


def _at_balancer(graph: Graph, balancer: Node, *, host: str, server_name: str, path: str) -> Answer:
    (listener,) = production_listeners(graph, balancer)
    assert covers(certified_names(listener_certificates(graph, listener)), server_name)
    rule = rule_for(graph, listener, host=host, path=path)
    if rule is None:
        (action,) = blocks(listener.get("default_action"))
        return Answer(f"load balancer: {action['fixed_response']['status_code']}", path)
    (group,) = target_groups(graph, rule)
    ((service, block),) = services(graph, group)
    container = listening_container(graph, service, block)
    assert container
    name = str(service.get("name")).removeprefix(f"{service.stack.project}-{service.stack.environment}-")
    return Answer(f"{name}/{container['name']}:{block['container_port']}", path)


@pytest.mark.parametrize(
    ("environment", "path"), [(environment, path) for environment, paths in EXPECTED.items() for path in paths]
)
def test_a_request_reaches_the_one_who_answers(every_stack: dict[str, Stack], environment: str, path: str) -> None:
    stacks = {id_: stack for id_, stack in every_stack.items() if stack.environment == environment}
    expected = EXPECTED[environment][path]
    assert walk(stacks, host=HOSTS[environment], path=path) == expected
    if any(stack.layer == "edge" for stack in stacks.values()):
        assert walk(stacks, host=HOSTS[environment], path=path, record="AAAA") == expected


def test_a_rule_that_is_compared_later_gets_nothing(every_stack: dict[str, Stack]) -> None:
    documents = Documents(every_stack, "dev")
    documents.one("aws_lb_listener_rule", "/backend-service/")["priority"] = 2000
    assert walk(documents.stacks(), host=HOSTS["dev"], path="/api/users") == Answer(FRONTEND, "/api/users")


def test_the_load_balancer_answers_what_no_rule_is_for(every_stack: dict[str, Stack]) -> None:
    documents = Documents(every_stack, "dev")
    documents.remove("aws_lb_listener_rule", "/frontend-service/")
    assert walk(documents.stacks(), host=HOSTS["dev"], path="/users/42") == Answer("load balancer: 404", "/users/42")


def test_the_first_behavior_that_fits_answers(every_stack: dict[str, Stack]) -> None:
    documents = Documents(every_stack, "prod")
    behaviors = documents.one("aws_cloudfront_distribution")["ordered_cache_behavior"]
    behaviors.insert(0, {**behaviors[0], "path_pattern": "api/user?"})
    assert walk(documents.stacks(), host=HOSTS["prod"], path="/api/users") == Answer("assets", "/api/users")
    assert walk(documents.stacks(), host=HOSTS["prod"], path="/api/user") == Answer(BACKEND, "/api/user")
