"""The web ACL: its scope, what it stores, what is before a load balancer, and one of the user's own."""

from __future__ import annotations

import pytest

from config.firewall import FirewallSettings
from modules.edge.web_acl import WebAcl
from modules.errors import WiringError
from tests.modules.edge.firewalls import EVERYTHING, firewall
from tests.template import LABEL, Template, new_stack

BALANCER = "arn:aws:elasticloadbalancing:us-east-1:444444444444:loadbalancer/app/web/1"
DISTRIBUTION = "arn:aws:cloudfront::444444444444:distribution/E1"
OWN = "arn:aws:wafv2:us-east-1:444444444444:regional/webacl/own/11111111-2222-3333-4444-555555555555"


def test_it_lets_through_what_no_rule_blocks() -> None:
    acl = firewall(waf_scope="REGIONAL").only("aws_wafv2_web_acl")
    assert (acl["name"], acl["scope"]) == ("user-management-test-web", "REGIONAL")
    assert acl["default_action"] == {"allow": {}}
    assert acl["visibility_config"]["metric_name"] == "user-management-test-web"


def test_what_it_stores_has_no_credentials_so_samples_are_on() -> None:
    acl = firewall().only("aws_wafv2_web_acl")
    protected = acl["data_protection_config"]["data_protection"]
    assert {one["action"] for one in protected} == {"SUBSTITUTION"}
    assert {one["field"]["field_type"]: one["field"].get("field_keys") for one in protected} == {
        "SINGLE_HEADER": ["authorization", "cookie"],
        "SINGLE_QUERY_ARGUMENT": ["access_token", "code", "password", "token"],
        "BODY": None,
    }
    assert acl["visibility_config"]["sampled_requests_enabled"] is True


@pytest.mark.parametrize("limit", [16, 32, 48, 64])
def test_cloudfront_passes_as_much_of_a_body_as_the_settings_say(limit: int) -> None:
    acl = firewall(body_limit_kib=limit).only("aws_wafv2_web_acl")
    assert acl["association_config"]["request_body"] == [
        {"cloudfront": {"default_size_inspection_limit": f"KB_{limit}"}}
    ]


def test_without_that_setting_nothing_is_said_of_bodies() -> None:
    assert "association_config" not in firewall().only("aws_wafv2_web_acl")
    assert "association_config" not in firewall(waf_scope="REGIONAL", body_limit_kib=8).only("aws_wafv2_web_acl")


def test_each_list_of_addresses_has_a_set_for_each_ip_version_that_is_replaced_before_it_is_destroyed() -> None:
    made = firewall(waf_scope="REGIONAL", **{**EVERYTHING, "body_limit_kib": 8})
    sets = made.all("aws_wafv2_ip_set").values()
    assert {(one["name"], one["ip_address_version"], *one["addresses"]) for one in sets} == {
        ("user-management-test-denied-ipv4", "IPV4", "203.0.113.0/24"),
        ("user-management-test-denied-ipv6", "IPV6", "2001:db8::/32"),
        ("user-management-test-allowed-ipv4", "IPV4", "198.51.100.7/32"),
    }
    assert {one["scope"] for one in sets} == {"REGIONAL"}
    for one in (*sets, made.only("aws_wafv2_web_acl")):
        assert one["lifecycle"] == {"create_before_destroy": True}
    assert not firewall().all("aws_wafv2_ip_set")


def test_it_is_put_before_a_load_balancer() -> None:
    made = firewall(waf_scope="REGIONAL", balancer=BALANCER)
    association = made.only("aws_wafv2_web_acl_association")
    assert association == {"resource_arn": BALANCER, "web_acl_arn": "${aws_wafv2_web_acl.firewall.arn}"}
    assert not made.all("aws_shield_protection")


def test_shield_advanced_protects_what_it_is_before() -> None:
    made = firewall(waf_scope="REGIONAL", balancer=BALANCER, shield_advanced=True)
    protection = made.only("aws_shield_protection")
    assert protection == {"name": "user-management-test-unit-entrance", "resource_arn": BALANCER}


@pytest.mark.parametrize("subscribed", [True, False])
def test_shield_advanced_protects_a_distribution(*, subscribed: bool) -> None:
    stack = new_stack()
    config = FirewallSettings(web_acl_arn=OWN, shield_advanced=subscribed)
    acl = WebAcl(stack, "firewall", config=config, label=LABEL, waf_scope="CLOUDFRONT", key=None, log_retention_days=1)
    acl.protect(DISTRIBUTION)
    made = Template.of(stack)
    assert [one["resource_arn"] for one in made.all("aws_shield_protection").values()] == [DISTRIBUTION] * subscribed


def test_a_distribution_is_not_associated() -> None:
    with pytest.raises(WiringError, match="test-unit/firewall: its scope is CLOUDFRONT: a distribution names it"):
        firewall(balancer=BALANCER)


def test_one_of_the_users_own_is_only_associated() -> None:
    made = firewall(waf_scope="REGIONAL", balancer=BALANCER, web_acl_arn=OWN)
    assert made.only("aws_wafv2_web_acl_association")["web_acl_arn"] == OWN
    assert not [address for address in made.addresses if "firewall" in address and "association" not in address]


def test_one_with_a_log_needs_a_key() -> None:
    config = FirewallSettings()
    with pytest.raises(WiringError, match="it has a log, which needs a key; pass one"):
        WebAcl(
            new_stack(), "firewall", config=config, label=LABEL, waf_scope="REGIONAL", key=None, log_retention_days=1
        )
