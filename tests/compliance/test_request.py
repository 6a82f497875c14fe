"""What a request meets: names of certificates, records, patterns of paths, conditions of listener rules."""

from __future__ import annotations

from typing import Any

import pytest

from compliance.graph import Graph
from compliance.request import behavior_for, covers, is_in_its_zone, records, rule_for
from tests.compliance.samples import stack

LISTENER = "aws_lb_listener.https"
ZONE = "${aws_route53_zone.zone.zone_id}"


@pytest.mark.parametrize(
    ("name", "host", "is_covered"),
    [
        ("example.com", "example.com", True),
        ("example.com", "www.example.com", False),
        ("*.example.com", "www.example.com", True),
        ("*.example.com", "example.com", False),
        ("*.example.com", "a.b.example.com", False),
        ("*.example.com", "*.example.com", True),
    ],
)
def test_an_asterisk_in_a_certificate_is_one_label(name: str, host: str, *, is_covered: bool) -> None:
    assert covers([name], host) is is_covered


def test_a_record_is_found_whatever_its_case_and_its_last_dot() -> None:
    graph = Graph([stack({"aws_route53_record.web": {"name": "WWW.example.com.", "type": "A"}})])
    assert len(records(graph, "www.example.com", "A")) == 1
    assert records(graph, "www.example.com", "AAAA") == []


@pytest.mark.parametrize(
    ("name", "zone_id", "zone", "is_in"),
    [
        ("www.example.com", ZONE, {"name": "example.com"}, True),
        ("example.com", ZONE, {"name": "example.com"}, True),
        ("www-example.com", ZONE, {"name": "example.com"}, False),
        ("www.example.com", ZONE, {"name": "example.com", "vpc": {"vpc_id": "vpc-1"}}, False),
        ("www.example.com", "Z0123", {"name": "example.net"}, True),  # exists already: nothing is known of it
        ("www.example.com", "", {"name": "example.com"}, False),
    ],
)
def test_a_record_is_in_a_public_zone_for_its_name(
    name: str, zone_id: str, zone: dict[str, Any], *, is_in: bool
) -> None:
    resources = {"aws_route53_zone.zone": zone, "aws_route53_record.web": {"name": name, "zone_id": zone_id}}
    graph = Graph([stack(resources)])
    (record,) = graph.all("aws_route53_record")
    assert is_in_its_zone(graph, record) is is_in


@pytest.mark.parametrize(
    ("path", "pattern"),
    [("/api/a", "/api/*"), ("/api", "default"), ("/img/1.jpg", "img/?.jpg"), ("/img/12.jpg", "default")],
)
def test_a_path_gets_the_first_behavior_that_it_matches(path: str, pattern: str) -> None:
    ordered = [{"path_pattern": one, "target_origin_id": one} for one in ("/api/*", "img/?.jpg", "/api/*")]
    site = {"ordered_cache_behavior": ordered, "default_cache_behavior": {"target_origin_id": "default"}}
    (distribution,) = Graph([stack({"aws_cloudfront_distribution.site": site})]).all("aws_cloudfront_distribution")
    assert behavior_for(distribution, path)["target_origin_id"] == pattern


def rules(*conditions: dict[str, Any]) -> Graph:
    """A listener with rules of these conditions; the last one is compared first."""
    resources: dict[str, dict[str, Any]] = {LISTENER: {"port": 443}}
    for number, condition in enumerate(conditions):
        resources[f"aws_lb_listener_rule.r{number}"] = {
            "listener_arn": f"${{{LISTENER}.arn}}",
            "priority": 100 - number,
            "condition": condition,
        }
    return Graph([stack(resources)])


def chosen(graph: Graph, host: str, path: str) -> str | None:
    (listener,) = graph.all("aws_lb_listener")
    found = rule_for(graph, listener, host=host, path=path)
    return found.resource.name if found else None


def test_the_rule_with_the_lowest_number_that_fits_is_chosen() -> None:
    api, site = {"path_pattern": {"values": ["/api/*"]}}, {"host_header": {"values": ["*.Example.com"]}}
    graph = rules({"path_pattern": {"values": ["/*"]}}, {**api, **site})
    assert chosen(graph, "www.example.com", "/api/users") == "r1"
    assert chosen(graph, "www.example.com", "/API/users") == "r0"  # paths differ by case
    assert chosen(graph, "example.net", "/api/users") == "r0"
    assert chosen(rules(api), "example.net", "/") is None


def test_an_unknown_condition_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"r0: the condition source_ip is not known; add it to compliance/request.py"):
        chosen(rules({"source_ip": {"values": ["10.0.0.0/8"]}}), "example.com", "/")
