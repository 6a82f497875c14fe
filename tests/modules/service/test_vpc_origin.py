"""CloudFront reaches an internal load balancer over TLS, by its own group, and a changed way is a new one."""

from __future__ import annotations

import re
from functools import cache

from modules.service.vpc_origin import VpcOrigin
from tests.modules.service.parts import Parts
from tests.template import LABEL, Template


@cache
def made() -> Template:
    parts = Parts.make(strategy="blue_green")
    assert parts.load_balancer
    VpcOrigin(parts.stack, "origin", label=LABEL, vpc=parts.vpc, load_balancer=parts.load_balancer)
    return Template.of(parts.stack)


def test_it_speaks_tls_12_with_the_load_balancer_only() -> None:
    (endpoint,) = made().only("aws_cloudfront_vpc_origin")["vpc_origin_endpoint_config"]
    assert (endpoint["origin_protocol_policy"], endpoint["https_port"]) == ("https-only", 443)
    assert endpoint["origin_ssl_protocols"] == [{"items": ["TLSv1.2"], "quantity": 1}]
    assert endpoint["arn"] == "${aws_lb.load-balancer.arn}"


def test_its_name_has_a_hash_of_each_argument() -> None:
    (endpoint,) = made().only("aws_cloudfront_vpc_origin")["vpc_origin_endpoint_config"]
    start, hashed = re.fullmatch(r"(.*)\$\{substr\(sha256\(jsonencode\((.*)\)\), 0, 8\)\}", endpoint["name"]).groups()  # type: ignore[union-attr]
    assert start == "user-management-test-web-"
    assert set(re.findall(r'"(\w+)" = ', hashed)) == set(endpoint) - {"name"}
    assert "aws_lb.load-balancer.arn" in hashed


def test_another_name_replaces_it_and_the_new_one_exists_first() -> None:
    template = made()
    origin = template.only("aws_cloudfront_vpc_origin")
    (trigger,) = template.all("terraform_data")
    assert origin["lifecycle"] == {
        "create_before_destroy": True,
        "replace_triggered_by": [f"terraform_data.{trigger}.id"],
    }
    (endpoint,) = origin["vpc_origin_endpoint_config"]
    assert template.only("terraform_data")["triggers_replace"] == {"name": endpoint["name"]}
    assert origin["timeouts"] == {"create": "30m", "update": "30m", "delete": "30m"}


def test_it_waits_for_all_listeners() -> None:
    template = made()
    depends_on = template.only("aws_cloudfront_vpc_origin")["depends_on"]
    listeners = {f"aws_lb_listener.{name}" for name in template.all("aws_lb_listener")}
    assert len(listeners) == 3
    assert listeners <= set(depends_on)


def test_only_the_group_of_cloudfront_comes_in_and_only_by_https() -> None:
    template = made()
    ((name, group),) = template.document["data"]["aws_security_group"].items()
    assert group["name"] == "CloudFront-VPCOrigins-Service-SG"
    assert group["vpc_id"] == "${aws_vpc.vpc.id}"
    assert group["depends_on"] == ["aws_cloudfront_vpc_origin.origin"]
    rule = template.only("aws_vpc_security_group_ingress_rule")
    assert rule["referenced_security_group_id"] == f"${{data.aws_security_group.{name}.id}}"
    assert (rule["from_port"], rule["to_port"], "cidr_ipv4" in rule) == (443, 443, False)
    assert rule["security_group_id"].startswith("${aws_security_group.load-balancer_security-group")
