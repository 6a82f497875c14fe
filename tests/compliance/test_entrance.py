"""Each link from the internet to the tasks is broken in turn in the synthesized JSON, and the rules find it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from compliance.rules.entrance import listener_leads_to_tasks, load_balancer_has_an_entrance
from tests.broken import Documents

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from synthesis.manifest import Stack

    Break = Callable[[Documents], object]

DIRECT: Final = ("dev",)
BY_CLOUDFRONT: Final = ("prod", "public")
PUBLIC: Final = (*DIRECT, "public")
EVERY: Final = (*DIRECT, *BY_CLOUDFRONT)

RECORD = "aws_route53_record"
INTO, OUT = "aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"
VALIDATION = "aws_acm_certificate_validation"


def changes(kind: str, part: str = "", *, block: str = "resource", **arguments: Any) -> Break:
    return lambda documents: documents.one(kind, part, block=block).update(arguments)


def removes(kind: str, part: str = "") -> Break:
    return lambda documents: documents.remove(kind, part)


def certificates_for(name: str, layer: str) -> Break:
    def change(documents: Documents) -> None:
        for certificate in documents.all("aws_acm_certificate", f"{layer}/"):
            certificate.update(domain_name=name, subject_alternative_names=[])

    return change


def both_certificates_for(name: str) -> Break:
    def change(documents: Documents) -> None:
        for layer in ("domain", "service"):
            certificates_for(name, layer)(documents)

    return change


def in_region(layer: str, region: str) -> Break:
    return lambda documents: documents.by_layer[layer]["//"]["metadata"].update(region=region)


def without_output(layer: str, part: str) -> Break:
    def change(documents: Documents) -> None:
        outputs = documents.by_layer[layer]["output"]
        for name in [name for name in outputs if part in name]:
            del outputs[name]

    return change


def unvalidated(documents: Documents) -> None:
    for output in documents.by_layer["domain"]["output"].values():
        if VALIDATION in output["value"]:
            output["value"] = "${aws_acm_certificate.certificate.arn}"


def ingress(part: str, **peer: str) -> Break:
    """Another peer in the rule by which requests come to the load balancer."""

    def change(documents: Documents) -> None:
        rule = documents.one(INTO, part)
        for argument in ("cidr_ipv4", "prefix_list_id", "referenced_security_group_id"):
            rule.pop(argument, None)
        rule.update(peer)

    return change


def alias(part: str, **arguments: str) -> Break:
    return lambda documents: documents.one(RECORD, part)["alias"].update(arguments)


def distribution(**arguments: Any) -> Break:
    return changes("aws_cloudfront_distribution", **arguments)


def origin(**arguments: Any) -> Break:
    def change(documents: Documents) -> None:
        origins = documents.one("aws_cloudfront_distribution")["origin"]
        next(one for one in origins if one["origin_id"] == "load-balancer").update(arguments)

    return change


def custom_origin(**arguments: Any) -> Break:
    def change(documents: Documents) -> None:
        origins = documents.one("aws_cloudfront_distribution")["origin"]
        next(one for one in origins if "custom_origin_config" in one)["custom_origin_config"].update(arguments)

    return change


def only_static_files(documents: Documents) -> None:
    """No behavior uses the load balancer."""
    found = documents.one("aws_cloudfront_distribution")
    for behavior in (found["default_cache_behavior"], *found["ordered_cache_behavior"]):
        behavior["target_origin_id"] = "assets"


def api_of_no_origin(documents: Documents) -> None:
    behaviors = documents.one("aws_cloudfront_distribution")["ordered_cache_behavior"]
    next(one for one in behaviors if one["path_pattern"] == "/api/*")["target_origin_id"] = "gone"


def endpoint(**arguments: Any) -> Break:
    def change(documents: Documents) -> None:
        documents.one("aws_cloudfront_vpc_origin")["vpc_origin_endpoint_config"][0].update(arguments)

    return change


def backend_block(**arguments: Any) -> Break:
    return lambda documents: documents.one("aws_ecs_service", "/backend-service/")["load_balancer"][0].update(arguments)


# The name of a link, where it is broken, how, and a part of what the rule says.
LINKS: Final[list[tuple[str, tuple[str, ...], Break, str]]] = [
    # The listener and its certificate
    ("listener", EVERY, removes("aws_lb_listener", "/load-balancer/https/"), "has no HTTPS listener on port 443"),
    ("listener's certificate in its state", EVERY, without_output("domain", VALIDATION), "use the ARN of a validated"),
    ("listener's certificate is validated", EVERY, unvalidated, "use the ARN of a validated certificate"),
    ("validation", EVERY, removes(VALIDATION, "domain/"), "use the ARN of a validated certificate"),
    ("certificate's name", DIRECT, certificates_for("other.example.com", "domain"), "is not a name of the listener's"),
    (
        "certificates' names",
        BY_CLOUDFRONT,
        both_certificates_for("other.example.com"),
        "is not a name of the listener's",
    ),
    ("certificate's region", EVERY, in_region("domain", "eu-west-1"), "is in eu-west-1: make it in us-east-1"),
    # From the internet to a public load balancer
    ("ingress", DIRECT, removes(INTO, "/from-internet-tcp-443/"), "no ingress rule"),
    ("ingress from everywhere", DIRECT, ingress("/from-internet-tcp-443/", cidr_ipv4="10.2.0.0/16"), "for 0.0.0.0/0"),
    ("ingress to the port", DIRECT, changes(INTO, "/from-internet-tcp-443/", from_port=444, to_port=444), "port 443"),
    ("record", DIRECT, removes(RECORD, "service/record-"), "no A record is an alias for dev-service/"),
    ("record's type", DIRECT, changes(RECORD, "service/record-", type="AAAA"), "no A record"),
    ("record's name", DIRECT, changes(RECORD, "service/record-", name="www.example.com"), "is not a name of the"),
    ("record's target", DIRECT, alias("service/record-", name="old.example.com"), "no A record"),
    ("record's target zone", DIRECT, alias("service/record-", zone_id="Z1"), "no A record"),
    ("record's zone", DIRECT, changes(RECORD, "service/record-", zone_id="${aws_route53_zone.x.id}"), "zone_id"),
    ("zone", EVERY, changes("aws_route53_zone", name="example.net"), "is not in a public zone for that name"),
    ("zone is public", EVERY, changes("aws_route53_zone", vpc={"vpc_id": "vpc-1"}), "is not in a public zone"),
    ("route", PUBLIC, removes("aws_route", "/public-to-internet/"), "has no route to an internet gateway"),
    ("route's block", PUBLIC, changes("aws_route", "/public-to-", destination_cidr_block="10.0.0.0/8"), "has no route"),
    ("gateway", EVERY, removes("aws_internet_gateway"), "internet gateway"),
    ("gateway is attached", EVERY, changes("aws_internet_gateway", vpc_id=None), "internet gateway"),
    ("subnet's routes", PUBLIC, removes("aws_route_table_association", "/public-az2-"), "has no route to an internet"),
    ("network ACL", PUBLIC, removes("aws_network_acl_rule", "/public-acl/in-30/"), "keeps port 443 closed"),
    ("network ACL allows", PUBLIC, changes("aws_network_acl_rule", "/public-acl/in-30/", rule_action="deny"), "closed"),
    ("subnets", PUBLIC, changes("aws_lb", subnets=[]), "is in no subnet of these stacks"),
    ("public", DIRECT, changes("aws_lb", internal=True), "no distribution has an origin that leads to"),
    # From the internet to CloudFront
    ("distribution", BY_CLOUDFRONT, removes("aws_cloudfront_distribution"), "cannot be reached: no "),
    ("distribution is on", BY_CLOUDFRONT, distribution(enabled=False), "is switched off: set enabled to true"),
    ("IPv6", BY_CLOUDFRONT, distribution(is_ipv6_enabled=False), "does not answer by IPv6"),
    ("aliases", BY_CLOUDFRONT, distribution(aliases=[]), '"users.example.com" leads to it and is not in its aliases'),
    ("alias has a record", BY_CLOUDFRONT, distribution(aliases=["a.example.com", "users.example.com"]), "no A record"),
    ("A record", BY_CLOUDFRONT, removes(RECORD, "/record-users-example-com/a/"), "no A record of"),
    ("AAAA record", BY_CLOUDFRONT, removes(RECORD, "/record-users-example-com/aaaa/"), "no AAAA record of"),
    ("AAAA target", BY_CLOUDFRONT, alias("/record-users-example-com/aaaa/", name="old.example.com"), "no AAAA record"),
    (
        "viewers' certificate",
        BY_CLOUDFRONT,
        certificates_for("other.example.com", "edge"),
        "is not a name of its certificate",
    ),
    (
        "viewers' certificate is used",
        BY_CLOUDFRONT,
        distribution(viewer_certificate={"cloudfront_default_certificate": True}),
        "its viewer_certificate is not a validated one",
    ),
    (
        "viewers' certificate is validated",
        BY_CLOUDFRONT,
        distribution(viewer_certificate={"acm_certificate_arn": "${aws_acm_certificate.certificate.arn}"}),
        "its viewer_certificate is not a validated one",
    ),
    ("viewers' validation", BY_CLOUDFRONT, removes(VALIDATION, "edge/"), "its viewer_certificate is not a validated"),
    ("viewers' region", BY_CLOUDFRONT, in_region("edge", "eu-west-1"), "CloudFront takes those of us-east-1"),
    # From CloudFront to the load balancer
    ("behaviors", BY_CLOUDFRONT, only_static_files, "no cache behavior uses the origin load-balancer"),
    ("behavior's origin", BY_CLOUDFRONT, api_of_no_origin, "its origin gone does not exist"),
    ("way into the VPC", ("prod",), origin(vpc_origin_config=None), "no distribution has an origin that leads to"),
    ("VPC origin", ("prod",), removes("aws_cloudfront_vpc_origin"), "no distribution has an origin that leads to"),
    ("VPC origin in its state", ("prod",), without_output("service", "vpc_origin"), "no distribution has an origin"),
    ("VPC origin's target", ("prod",), endpoint(arn="arn:aws:..:other"), "no distribution has an origin that leads"),
    ("VPC origin's protocol", ("prod",), endpoint(origin_protocol_policy="http-only"), "use https-only"),
    ("VPC origin's port", ("prod",), endpoint(https_port=8443), "use the listener's port, 443"),
    ("origin's name", ("public",), origin(domain_name="origin.example.net"), "no distribution has an origin that"),
    ("origin's record", ("public",), removes(RECORD, "/record-origin-"), "no distribution has an origin that leads"),
    ("origin's target", ("public",), alias("/record-origin-", name="old.example.com"), "no distribution has an origin"),
    ("origin's protocol", ("public",), custom_origin(origin_protocol_policy="match-viewer"), "use https-only"),
    ("origin's port", ("public",), custom_origin(https_port=8443), "use the listener's port, 443"),
    ("origin is public", ("public",), changes("aws_lb", internal=True), "has the name of an internal load balancer"),
    ("CloudFront's ingress", BY_CLOUDFRONT, removes(INTO, "/from-cloudfront-tcp-443/"), "lets CloudFront reach"),
    ("not by address", BY_CLOUDFRONT, ingress("/from-cloudfront-", cidr_ipv4="10.0.0.0/16"), "a rule for addresses"),
    ("not by a range", BY_CLOUDFRONT, ingress("/from-cloudfront-", cidr_ipv4="130.176.0.0/16"), "a rule for addresses"),
    ("ingress port", BY_CLOUDFRONT, changes(INTO, "/from-cloudfront-", from_port=80, to_port=80), "reach port 443"),
    ("AWS's group", ("prod",), changes("aws_security_group", name="mine", block="data"), "lets CloudFront reach"),
    ("AWS's group in this VPC", ("prod",), changes("aws_security_group", vpc_id="vpc-1", block="data"), "of its VPC"),
    ("AWS's group exists", ("prod",), changes("aws_security_group", depends_on=[], block="data"), "lets CloudFront"),
    ("list", ("public",), changes("aws_ec2_managed_prefix_list", name="s3", block="data"), "lets CloudFront reach"),
    # From the listener to the tasks
    ("listener rules", EVERY, removes("aws_lb_listener_rule"), "forwards nothing"),
    ("target groups", EVERY, removes("aws_lb_target_group", "/backend-service/"), "forwards to no target group"),
    ("services", EVERY, removes("aws_ecs_service", "/backend-service/"), "has no tasks"),
    ("service is in the group", EVERY, backend_block(target_group_arn="arn:aws:..:other"), "has no tasks"),
    ("container", EVERY, backend_block(container_name="other"), "its task has no container other with port 8443"),
    ("container's port", EVERY, backend_block(container_port=9000), "its task has no container backend with port 9000"),
    ("task definition", EVERY, removes("aws_ecs_task_definition", "/backend-service/"), "its task has no container"),
    ("port to the tasks", EVERY, changes(OUT, "/to-backend-tcp-8443/", from_port=1, to_port=8442), "no egress rule"),
    ("egress to the tasks", EVERY, removes(OUT, "/to-backend-tcp-8443/"), "no egress rule on port 8443"),
    (
        "egress names the tasks",
        EVERY,
        changes(OUT, "/to-backend-tcp-8443/", referenced_security_group_id=None),
        "egress",
    ),
    ("ingress to the tasks", EVERY, removes(INTO, "/load-balancer/security-group/into-backend-"), "no ingress rule on"),
]
BROKEN: Final = [
    pytest.param(environment, change, says, id=f"{environment}: {link}")
    for link, environments, change, says in LINKS
    for environment in environments
]


def findings(stacks: Mapping[str, Stack]) -> list[str]:
    return [
        f"{finding.address}: {finding.message}"
        for rule in (load_balancer_has_an_entrance, listener_leads_to_tasks)
        for stack in stacks.values()
        for finding in rule.check(stack, stacks)
    ]


@pytest.mark.parametrize("environment", ["dev", "staging", "prod", "public", "elsewhere"])
def test_every_environment_has_an_entrance(every_stack: dict[str, Stack], environment: str) -> None:
    documents = Documents(every_stack, environment)
    assert documents.all("aws_lb")
    assert findings(documents.stacks()) == []


@pytest.mark.parametrize(("environment", "change", "says"), BROKEN)
def test_a_broken_link_is_found(every_stack: dict[str, Stack], environment: str, change: Break, says: str) -> None:
    documents = Documents(every_stack, environment)
    change(documents)
    found = findings(documents.stacks())
    assert found
    assert any(says in finding for finding in found), found


def test_the_forwarded_host_is_enough_for_the_listeners_certificate(every_stack: dict[str, Stack]) -> None:
    """CloudFront accepts a certificate for the origin's name or for the Host that it forwards."""
    documents = Documents(every_stack, "prod")
    certificates_for("users.example.com", "service")(documents)
    assert findings(documents.stacks()) == []
    documents.one("aws_cloudfront_distribution")["default_cache_behavior"]["origin_request_policy_id"] = "other"
    assert any("nor is the Host that it gets" in finding for finding in findings(documents.stacks()))
