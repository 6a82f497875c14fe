"""Every place that speaks does it by TLS 1.2 or newer; the only answer in clear text is a redirect to HTTPS."""

from __future__ import annotations

import json
import re
import zipfile
from typing import TYPE_CHECKING, Any, Final

import pytest

from compliance.graph import Graph
from config.database_roles import RESTORE_CHECK
from synthesis.template import texts
from tests.broken import Documents
from tests.transport import SILENT, SPEAKS, is_about_transport, problems

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from synthesis.manifest import Stack

    Break = Callable[[Documents], object]

_CLEAR_TEXT: Final = re.compile(r"\b(http|ws|ftp|amqp|ldap|redis|mqtt)://(?!localhost[:/])")
"""Within a task, containers speak over an interface that no other task can see."""


def found(stacks: dict[str, Stack]) -> list[str]:
    graph = Graph(stacks.values())
    return [f"{node.place}: {problem}" for node in graph.all(*SPEAKS) for problem in problems(graph, node)]


def test_no_place_speaks_below_tls_12(every_stack: dict[str, Stack]) -> None:
    assert found(every_stack) == []


def test_every_type_that_can_speak_is_in_the_table(every_stack: dict[str, Stack]) -> None:
    """A new type fails until it is listed with a check, or with the reason why it needs none."""
    kinds = {resource.kind for stack in every_stack.values() for resource in stack.all() if resource.kind[:4] == "aws_"}
    assert {kind for kind in kinds if is_about_transport(kind)} - SPEAKS.keys() - SILENT.keys() == set()
    assert (SPEAKS.keys() | SILENT.keys()) - kinds == set(), "remove what is no longer used"
    assert SPEAKS.keys() & SILENT.keys() == set()


@pytest.mark.parametrize(
    "kind",
    [
        "aws_apigatewayv2_domain_name",
        "aws_efs_mount_target",
        "aws_elasticache_replication_group",
        "aws_mq_broker",
        "aws_msk_cluster",
        "aws_opensearch_domain",
        "aws_transfer_server",
    ],
)
def test_types_that_speak_would_be_noticed(kind: str) -> None:
    assert is_about_transport(kind)


def test_types_that_do_not_speak_need_no_line() -> None:
    assert not any(map(is_about_transport, ("aws_kms_key", "aws_iam_role", "aws_route53_zone", "aws_eip")))


@pytest.mark.parametrize(("environment", "count"), [("dev", 2), ("staging", 3), ("prod", 3), ("public", 3)])
def test_every_listener_is_looked_at(every_stack: dict[str, Stack], environment: str, count: int) -> None:
    listeners = Documents(every_stack, environment).all("aws_lb_listener")
    assert len(listeners) == count
    assert [listener["port"] for listener in listeners if listener["protocol"] != "HTTPS"] == [80]


def test_no_url_is_in_clear_text(every_stack: dict[str, Stack]) -> None:
    found = [
        f"{stack.id}/{resource.address}: {text[:80]}"
        for stack in every_stack.values()
        for resource in stack.all()
        for _, text in texts(dict(resource.arguments))
        if _CLEAR_TEXT.search(text)
    ]
    assert found == []


def settings_in(package: Path) -> dict[str, Any]:
    """What the package of a function says besides its code, where it says something."""
    with zipfile.ZipFile(package) as archive:
        found = [name for name in archive.namelist() if name.endswith("/settings.json")]
        return dict(json.loads(archive.read(found[0]))) if found else {}


def test_the_urls_of_databases_demand_tls(every_stack: dict[str, Stack]) -> None:
    roles = [
        role
        for stack in every_stack.values()
        for function in stack.all("aws_lambda_function")
        for role in settings_in(stack.folder / str(function.get("filename"))).get("roles", ())
    ]
    # The function that reads restored copies signs in to their hosts, and has no url.
    assert {role["name"] for role in roles if role["url"] is None} == {RESTORE_CHECK}
    urls = [role["url"]["template"] for role in roles if role["url"]]
    assert {url.partition(":")[0] for url in urls} == {"postgresql", "mongodb"}
    assert [url for url in urls if not re.search(r"[?&](sslmode=verify-full|tls=true)(&|$)", url)] == []


def changes(kind: str, part: str = "", **arguments: Any) -> Break:
    return lambda documents: documents.all(kind, part)[0].update(arguments)


def nested(kind: str, block: str, **arguments: Any) -> Break:
    def change(documents: Documents) -> None:
        value = documents.all(kind)[0][block]
        (value[0] if isinstance(value, list) else value).update(arguments)

    return change


def parameter(kind: str, name: str, value: str) -> Break:
    def change(documents: Documents) -> None:
        next(one for one in documents.one(kind)["parameter"] if one["name"] == name)["value"] = value

    return change


def policy(kind: str, old: str, new: str) -> Break:
    def change(documents: Documents) -> None:
        resource = documents.all(kind)[0]
        assert old in resource["policy"]
        resource["policy"] = resource["policy"].replace(old, new)

    return change


def custom_origin(**arguments: Any) -> Break:
    config = {"origin_protocol_policy": "https-only", "origin_ssl_protocols": ["TLSv1.2"], **arguments}
    origin = {"origin_id": "old", "domain_name": "old.example.com", "custom_origin_config": config}
    return lambda documents: documents.one("aws_cloudfront_distribution")["origin"].append(origin)


def rule_of_port_80(documents: Documents) -> None:
    http = next(
        name
        for name, listener in documents.by_layer["service"]["resource"]["aws_lb_listener"].items()
        if listener["port"] == 80
    )
    documents.all("aws_lb_listener_rule")[0]["listener_arn"] = f"${{aws_lb_listener.{http}.arn}}"


REDIRECT = {"type": "redirect", "redirect": {"protocol": "HTTP"}}
HTTPS, HTTP = "/load-balancer/https/", "/load-balancer/http/"
POLICY, TOPIC = "aws_s3_bucket_policy", "aws_sns_topic_policy"
BROKEN: Final[dict[str, Break]] = {
    "an old policy of a listener": changes("aws_lb_listener", HTTPS, ssl_policy="ELBSecurityPolicy-2016-08"),
    "no policy of a listener": changes("aws_lb_listener", HTTPS, ssl_policy=None),
    "a listener without TLS": changes("aws_lb_listener", HTTPS, protocol="HTTP"),
    "a listener that redirects to HTTP": changes("aws_lb_listener", HTTP, default_action=[REDIRECT]),
    "a listener that does not redirect": changes("aws_lb_listener", HTTP, default_action=[{"type": "forward"}]),
    "a rule of the listener that redirects": rule_of_port_80,
    "a rule that redirects to HTTP": changes("aws_lb_listener_rule", action=[REDIRECT]),
    "targets by HTTP": changes("aws_lb_target_group", protocol="HTTP"),
    "health checks by HTTP": nested("aws_lb_target_group", "health_check", protocol="HTTP"),
    "viewers by TLS 1.1": nested(
        "aws_cloudfront_distribution", "viewer_certificate", minimum_protocol_version="TLSv1.1_2016"
    ),
    "the default behavior in clear text": nested(
        "aws_cloudfront_distribution", "default_cache_behavior", viewer_protocol_policy="allow-all"
    ),
    "a behavior in clear text": nested(
        "aws_cloudfront_distribution", "ordered_cache_behavior", viewer_protocol_policy="allow-all"
    ),
    "an origin by HTTP": custom_origin(origin_protocol_policy="match-viewer"),
    "an origin by TLS 1.1": custom_origin(origin_ssl_protocols=["TLSv1.1", "TLSv1.2"]),
    "an origin of no kind": nested("aws_cloudfront_distribution", "origin", vpc_origin_config=None),
    "a VPC origin by HTTP": nested(
        "aws_cloudfront_vpc_origin", "vpc_origin_endpoint_config", origin_protocol_policy="http-only"
    ),
    "a VPC origin by TLS 1.1": nested(
        "aws_cloudfront_vpc_origin", "vpc_origin_endpoint_config", origin_ssl_protocols=[{"items": ["TLSv1.1"]}]
    ),
    "no HSTS": changes("aws_cloudfront_response_headers_policy", security_headers_config={}),
    "a bucket by HTTP": policy(POLICY, "aws:SecureTransport", "aws:Other"),
    "a bucket by TLS 1.1": policy(POLICY, '"s3:TlsVersion":"1.2"', '"s3:TlsVersion":"1.1"'),
    "a bucket without a policy": lambda documents: documents.remove(POLICY),
    "a topic by HTTP": policy(TOPIC, "aws:SecureTransport", "aws:Other"),
    "messages by HTTP": changes("aws_sns_topic_subscription", protocol="http"),
    "PostgreSQL in clear text": parameter("aws_db_parameter_group", "rds.force_ssl", "0"),
    "PostgreSQL by TLS 1.1": parameter("aws_db_parameter_group", "ssl_min_protocol_version", "TLSv1.1"),
    "PostgreSQL with AWS's parameters": changes("aws_db_instance", parameter_group_name="default.postgres17"),
    "a proxy in clear text": changes("aws_db_proxy", require_tls=False),
    "DocumentDB in clear text": parameter("aws_docdb_cluster_parameter_group", "tls", "disabled"),
    "DocumentDB by TLS 1.0": parameter("aws_docdb_cluster_parameter_group", "tls", "enabled"),
    "DocumentDB with AWS's parameters": changes("aws_docdb_cluster", db_cluster_parameter_group_name="default.docdb5"),
    "a site that is asked by HTTP": changes("aws_route53_health_check", type="HTTP"),
    "services that call each other in clear text": changes(
        "aws_ecs_service", service_connect_configuration={"service": [{"port_name": "http"}]}
    ),
    "files in clear text": changes(
        "aws_ecs_task_definition", volume=[{"name": "files", "efs_volume_configuration": {"file_system_id": "fs-1"}}]
    ),
}


def broken(stacks: dict[str, Stack], name: str) -> list[str]:
    """What is found after a change of production, or of dev, whose site is asked by a health check."""
    documents = Documents(stacks, "dev" if "site" in name else "prod")
    BROKEN[name](documents)
    return found(documents.stacks())


@pytest.mark.parametrize("name", BROKEN)
def test_clear_text_and_old_versions_are_found(every_stack: dict[str, Stack], name: str) -> None:
    assert broken(every_stack, name)


def test_every_check_is_tried(every_stack: dict[str, Stack]) -> None:
    """Each type that speaks is the place of a finding after one of the changes."""
    lines = [line for name in BROKEN for line in broken(every_stack, name)]
    assert {line.partition("/")[2].partition(".")[0] for line in lines} == set(SPEAKS)
