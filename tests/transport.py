"""How each type of resource speaks: the table of `test_encryption_in_transit.py`, with a check for each that does."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from compliance.policies import many, parsed
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from compliance.graph import Graph, Node

    Check = Callable[[Graph, Node], Iterator[str]]

_ABOUT_TRANSPORT: Final = re.compile(
    r"(^|_)(protocols?|ssl|tls|https?|sni|transit|transport|insecure|secure|scheme|security_policy)(_|$)"
)
_IN_A_NETWORK: Final = re.compile(r"(^|_)security_group(s|_ids)$")
_NAMES_OF_ARGUMENTS: Final = re.compile(r'^ {8}"(\w+)": "\w+",$', re.MULTILINE)
_BINDINGS: Final = "cdktf_cdktf_provider_aws"

# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
LISTENER_POLICIES: Final = frozenset(
    {
        "ELBSecurityPolicy-TLS13-1-2-2021-06",
        "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
        "ELBSecurityPolicy-TLS13-1-3-2021-06",
    }
)
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html
VIEWER_POLICIES: Final = frozenset({"TLSv1.2_2018", "TLSv1.2_2019", "TLSv1.2_2021"})
# https://docs.aws.amazon.com/documentdb/latest/developerguide/security.encryption.ssl.html
DOCUMENTDB_VERSIONS: Final = frozenset({"tls1.2+", "tls1.3+", "fips-140-3"})
_YEAR_SECONDS: Final = 31_536_000


def is_about_transport(kind: str) -> bool:
    """Whether a type has an argument, set or not, about a protocol or its encryption, or is in a network."""
    return any(_ABOUT_TRANSPORT.search(name) or _IN_A_NETWORK.search(name) for name in _arguments(kind))


def problems(graph: Graph, node: Node) -> list[str]:
    """What a resource says or hears in clear text or by an older version than TLS 1.2."""
    return list(SPEAKS[node.resource.kind](graph, node))


def _arguments(kind: str) -> set[str]:
    """The names of all arguments of a type and of its blocks, from the bindings of the provider."""
    spec = find_spec(f"{_BINDINGS}.{kind.removeprefix('aws_')}")
    assert spec, f"{kind} is not in {_BINDINGS}"
    assert spec.origin
    return set(_NAMES_OF_ARGUMENTS.findall(Path(spec.origin).read_text(encoding="utf-8")))


def _listener(graph: Graph, node: Node) -> Iterator[str]:
    if node.get("protocol") == "HTTPS":
        if node.get("ssl_policy") not in LISTENER_POLICIES:
            yield f"ssl_policy {node.get('ssl_policy')}"
        return
    actions = blocks(node.get("default_action"))
    if not actions or graph.sources(node, "aws_lb_listener_rule", by="listener_arn"):
        yield f"answers by {node.get('protocol')}"
    yield from (f"answers by HTTP: {action['type']}" for action in actions if not _redirects_to_https(action))


def _listener_rule(_: Graph, node: Node) -> Iterator[str]:
    for action in blocks(node.get("action")):
        if action.get("type") == "redirect" and not _redirects_to_https(action):
            yield "redirects to HTTP"


def _redirects_to_https(action: Mapping[str, Any]) -> bool:
    return any(redirect.get("protocol") == "HTTPS" for redirect in blocks(action.get("redirect")))


def _target_group(_: Graph, node: Node) -> Iterator[str]:
    for name, protocol in (
        ("", node.get("protocol")),
        ("checks ", node.resource.block("health_check").get("protocol")),
    ):
        if protocol != "HTTPS":
            yield f"{name}its targets by {protocol}"


def _distribution(graph: Graph, node: Node) -> Iterator[str]:
    version = node.resource.block("viewer_certificate").get("minimum_protocol_version")
    if version not in VIEWER_POLICIES:
        yield f"minimum_protocol_version {version}"
    for name in ("default_cache_behavior", "ordered_cache_behavior"):
        for behavior in blocks(node.get(name)):
            if behavior.get("viewer_protocol_policy") not in {"redirect-to-https", "https-only"}:
                yield f"viewer_protocol_policy {behavior.get('viewer_protocol_policy')}"
    for origin in blocks(node.get("origin")):
        yield from _origin(graph, node, origin)


def _origin(graph: Graph, node: Node, origin: Mapping[str, Any]) -> Iterator[str]:
    custom = blocks(origin.get("custom_origin_config"))
    for config in custom:
        yield from _origin_protocols(config, many(config.get("origin_ssl_protocols")))
    by_vpc = graph.follow(node.stack, origin.get("vpc_origin_config"), "aws_cloudfront_vpc_origin")
    buckets = graph.follow(node.stack, origin.get("domain_name"), "aws_s3_bucket")
    # By HTTPS, as the viewer's request was: the bucket's policy refuses anything else.
    if not (custom or by_vpc or buckets):
        yield f"asks the origin {origin.get('origin_id')} by an unknown protocol"


def _vpc_origin(_: Graph, node: Node) -> Iterator[str]:
    config = node.resource.block("vpc_origin_endpoint_config")
    versions = [one for block in blocks(config.get("origin_ssl_protocols")) for one in many(block.get("items"))]
    yield from _origin_protocols(config, versions)


def _origin_protocols(config: Mapping[str, Any], versions: list[str]) -> Iterator[str]:
    if config.get("origin_protocol_policy") != "https-only":
        yield f"origin_protocol_policy {config.get('origin_protocol_policy')}"
    if versions != ["TLSv1.2"]:
        yield f"origin_ssl_protocols {versions}"


def _response_headers(_: Graph, node: Node) -> Iterator[str]:
    transport = node.resource.block("security_headers_config", "strict_transport_security")
    if int(transport.get("access_control_max_age_sec") or 0) < _YEAR_SECONDS:
        yield "browsers may come back by HTTP"


def _bucket(graph: Graph, node: Node) -> Iterator[str]:
    for operator, key, value in (
        ("Bool", "aws:SecureTransport", "false"),
        ("NumericLessThan", "s3:TlsVersion", "1.2"),
    ):
        if not _denies(graph, node, "aws_s3_bucket_policy", "bucket", ("s3:*", operator, key, value)):
            yield f"its policy does not deny {key} {value}"


def _topic(graph: Graph, node: Node) -> Iterator[str]:
    if not _denies(graph, node, "aws_sns_topic_policy", "arn", ("sns:Publish", "Bool", "aws:SecureTransport", "false")):
        yield "its policy does not deny aws:SecureTransport false"


def _denies(graph: Graph, node: Node, kind: str, by: str, wanted: tuple[str, str, str, str]) -> bool:
    """Whether a policy denies everybody an action on the whole resource under a condition, and under no other."""
    action, operator, key, value = wanted
    resources = {f"${{{node.resource.address}.arn}}"}
    if kind == "aws_s3_bucket_policy":
        resources |= {f"{one}/*" for one in resources}
    return any(
        statement.get("Effect") == "Deny"
        and statement.get("Principal") in ("*", {"AWS": "*"})
        and action in many(statement.get("Action"))
        and resources <= set(many(statement.get("Resource")))
        and statement.get("Condition") == {operator: {key: value}}
        for policy in graph.sources(node, kind, by=by)
        for statement in parsed(policy.get("policy")) or ()
    )


def _subscription(_: Graph, node: Node) -> Iterator[str]:
    if node.get("protocol") == "http":
        yield "sends messages by HTTP"


def _postgres_parameters(_: Graph, node: Node) -> Iterator[str]:
    values = _parameters(node)
    if values.get("rds.force_ssl") != "1":
        yield f"rds.force_ssl {values.get('rds.force_ssl')}"
    if values.get("ssl_min_protocol_version") not in {"TLSv1.2", "TLSv1.3"}:
        yield f"ssl_min_protocol_version {values.get('ssl_min_protocol_version')}"


def _documentdb_parameters(_: Graph, node: Node) -> Iterator[str]:
    if _parameters(node).get("tls") not in DOCUMENTDB_VERSIONS:
        yield f"tls {_parameters(node).get('tls')}"


def _parameters(node: Node) -> dict[str, str]:
    return {parameter["name"]: str(parameter["value"]) for parameter in blocks(node.get("parameter"))}


def _uses(argument: str, kind: str) -> Check:
    """A database has parameters of this project: AWS's default ones are weaker."""

    def check(graph: Graph, node: Node) -> Iterator[str]:
        if not graph.targets(node, argument, kind):
            yield f"{argument} {node.get(argument)}"

    return check


def _proxy(_: Graph, node: Node) -> Iterator[str]:
    if node.get("require_tls") is not True:
        yield f"require_tls {node.get('require_tls')}"


def _health_check(_: Graph, node: Node) -> Iterator[str]:
    if not str(node.get("type")).startswith("HTTPS"):
        yield f"asks by {node.get('type')}"


def _ecs_service(_: Graph, node: Node) -> Iterator[str]:
    for connect in blocks(node.get("service_connect_configuration")):
        if not all(blocks(service.get("tls")) for service in blocks(connect.get("service"))):
            yield "Service Connect without tls"


def _task_definition(_: Graph, node: Node) -> Iterator[str]:
    for volume in blocks(node.get("volume")):
        for files in blocks(volume.get("efs_volume_configuration")):
            if files.get("transit_encryption") != "ENABLED":
                yield f"the volume {volume.get('name')} without transit_encryption"


SPEAKS: Final[Mapping[str, Check]] = {
    "aws_cloudfront_distribution": _distribution,
    "aws_cloudfront_response_headers_policy": _response_headers,
    "aws_cloudfront_vpc_origin": _vpc_origin,
    "aws_db_instance": _uses("parameter_group_name", "aws_db_parameter_group"),
    "aws_db_parameter_group": _postgres_parameters,
    "aws_db_proxy": _proxy,
    "aws_docdb_cluster": _uses("db_cluster_parameter_group_name", "aws_docdb_cluster_parameter_group"),
    "aws_docdb_cluster_parameter_group": _documentdb_parameters,
    "aws_ecs_service": _ecs_service,
    "aws_ecs_task_definition": _task_definition,
    "aws_lb_listener": _listener,
    "aws_lb_listener_rule": _listener_rule,
    "aws_lb_target_group": _target_group,
    "aws_route53_health_check": _health_check,
    "aws_s3_bucket": _bucket,
    "aws_sns_topic": _topic,
    "aws_sns_topic_subscription": _subscription,
}
"""The types whose settings decide how something speaks."""

SILENT: Final[Mapping[str, str]] = {
    "aws_cloudfront_origin_access_control": "says how requests are signed",
    "aws_codebuild_project": "calls services of AWS by HTTPS and databases by TLS only, and nothing connects to it",
    "aws_codestarconnections_connection": "leads to GitHub, by HTTPS only",
    "aws_cloudwatch_event_target": "calls services of AWS, which take TLS only",
    "aws_default_network_acl": "lets packets through, whatever is in them",
    "aws_default_security_group": "lets packets through, whatever is in them",
    "aws_flow_log": "watches a network",
    "aws_lambda_function": "calls AWS by HTTPS, databases and listeners by TLS only, and nothing connects to it",
    "aws_lb": "its listeners speak",
    "aws_network_acl": "lets packets through, whatever is in them",
    "aws_network_acl_rule": "lets packets through, whatever is in them",
    "aws_route": "a way for packets, whatever is in them",
    "aws_route_table": "a way for packets, whatever is in them",
    "aws_scheduler_schedule": "calls services of AWS, which take TLS only",
    "aws_security_group": "lets packets through, whatever is in them",
    "aws_ssm_parameter": "insecure_value is text that is no secret",
    "aws_vpc_endpoint": "leads to services of AWS, which take TLS only",
    "aws_vpc_security_group_egress_rule": "lets packets through, whatever is in them",
    "aws_vpc_security_group_ingress_rule": "lets packets through, whatever is in them",
    "aws_xray_sampling_rule": "says which requests are recorded",
}
"""The types with such arguments that nothing connects to, and why."""
