"""What the firewall's rules match, what they do, and in which order."""

from __future__ import annotations

from typing import Any

import pytest

from config.firewall import FirewallSettings
from config.firewall_capacity import required_capacity
from config.managed_rule_groups import GROUPS
from emulator.registry import Context
from emulator.services.wafv2.capacity import capacity_of
from emulator.store import Store
from modules.edge.web_acl_rules import Order
from tests.modules.edge.firewalls import EVERYTHING, firewall, in_api_form, rules_of

CONTEXT = Context(service="wafv2", operation="CheckCapacity", account="444444444444", region="us-east-1", store=Store())
ONE_PATH = {
    "byte_match_statement": {
        "field_to_match": {"uri_path": {}},
        "positional_constraint": "STARTS_WITH",
        "search_string": "/api/files/",
        "text_transformation": [{"priority": 0, "type": "URL_DECODE"}, {"priority": 1, "type": "LOWERCASE"}],
    }
}


def group(rule: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = rule["statement"]["managed_rule_group_statement"]
    return found


def counted(rule: dict[str, Any]) -> list[str]:
    return [one["name"] for one in group(rule).get("rule_action_override", ())]


def test_every_rule_has_its_place_in_a_fixed_order() -> None:
    rules = rules_of(firewall(**EVERYTHING))
    assert list(rules) == [order.rule_name for order in Order]
    assert [rule["priority"] for rule in rules.values()] == [*range(0, 100, 10)]
    assert {rule["visibility_config"]["metric_name"] for rule in rules.values()} == set(rules)


def test_by_default_it_limits_rates_and_has_all_groups() -> None:
    rules = rules_of(firewall())
    assert list(rules) == ["rate", "ip-reputation", "anonymous-ip", "known-bad-inputs", "common", "sql-injection"]
    assert rules["rate"]["statement"] == {
        "rate_based_statement": {"limit": 10_000, "evaluation_window_sec": 300, "aggregate_key_type": "IP"}
    }
    assert {name: group(rules[name])["name"] for name in list(rules)[1:]} == {
        name.replace("_", "-"): one.name for name, one in GROUPS.items()
    }


def test_by_default_rules_that_match_normal_requests_only_count() -> None:
    rules = rules_of(firewall())
    assert {name: set(counted(rule)) for name, rule in rules.items() if name != "rate"} == {
        "common": {"SizeRestrictions_BODY", "GenericLFI_BODY", "CrossSiteScripting_BODY", "NoUserAgent_HEADER"},
        "known-bad-inputs": set(),
        "sql-injection": {"SQLi_BODY"},
        "ip-reputation": {"AWSManagedIPDDoSList"},
        "anonymous-ip": {"AnonymousIPList", "HostingProviderIPList"},
    }
    assert all("none" in rule["override_action"] for name, rule in rules.items() if name != "rate")


def test_settings_say_which_rules_count_and_which_version_it_is() -> None:
    managed = {"common": {"count": ("NoUserAgent_HEADER",), "version": "Version_1.19"}, "sql_injection": {"count": ()}}
    rules = rules_of(firewall(managed_rules=managed))
    assert list(rules) == ["rate", "common", "sql-injection"]
    assert (counted(rules["common"]), group(rules["common"])["version"]) == (["NoUserAgent_HEADER"], "Version_1.19")
    assert not {"rule_action_override", "version"} & set(group(rules["sql-injection"]))


def test_addresses_are_denied_or_allowed_by_one_rule_each() -> None:
    rules = rules_of(firewall(**EVERYTHING))
    denied = rules["denied-addresses"]
    assert denied["action"] == {"block": {}}
    sets = [one["ip_set_reference_statement"]["arn"] for one in denied["statement"]["or_statement"]["statement"]]
    assert [arn.rpartition("_")[0] for arn in sets] == [
        f"${{aws_wafv2_ip_set.firewall_denied-{version}" for version in ("ipv4", "ipv6")
    ]
    allowed = rules["allowed-addresses"]
    assert allowed["action"] == {"allow": {}}
    assert "firewall_allowed-ipv4" in allowed["statement"]["ip_set_reference_statement"]["arn"]


def test_sign_in_has_a_limit_of_its_own_for_its_paths() -> None:
    sign_in = {"paths": ("/api/files/",), "rate_limit": 50, "rate_window_seconds": 600}
    rule = rules_of(firewall(sign_in=sign_in))["sign-in-rate"]
    assert rule["action"] == {"block": {"custom_response": {"response_code": 429}}}
    assert rule["statement"]["rate_based_statement"] == {
        "limit": 50,
        "evaluation_window_sec": 600,
        "aggregate_key_type": "IP",
        "scope_down_statement": ONE_PATH,
    }
    both = rules_of(firewall(**EVERYTHING))["sign-in-rate"]["statement"]["rate_based_statement"]
    paths = both["scope_down_statement"]["or_statement"]["statement"]
    assert [one["byte_match_statement"]["search_string"] for one in paths] == ["/api/auth/", "/login"]


@pytest.mark.parametrize(
    ("scope", "settings", "size"),
    [
        ("REGIONAL", {}, 8_192),
        ("CLOUDFRONT", {}, 16_384),
        ("CLOUDFRONT", {"body_limit_kib": 64}, 65_536),
    ],
)
def test_bodies_that_are_not_inspected_as_a_whole_are_for_upload_paths_only(
    scope: Any, settings: dict[str, Any], size: int
) -> None:
    rule = rules_of(firewall(waf_scope=scope, upload_paths=("/api/files/",), **settings))["large-bodies"]
    large, elsewhere = rule["statement"]["and_statement"]["statement"]
    assert large["size_constraint_statement"] == {
        "comparison_operator": "GT",
        "field_to_match": {"body": {"oversize_handling": "MATCH"}},
        "size": size,
        "text_transformation": [{"priority": 0, "type": "NONE"}],
    }
    assert elsewhere == {"not_statement": {"statement": [ONE_PATH]}}
    nowhere = rules_of(firewall(waf_scope=scope, upload_paths=(), **settings))["large-bodies"]
    assert nowhere["statement"] == large


def test_in_the_mode_count_nothing_blocks_and_every_rule_is_seen() -> None:
    rules = rules_of(firewall(mode="count", **EVERYTHING))
    actions = {name: rule.get("action") or rule["override_action"] for name, rule in rules.items()}
    assert actions.pop("allowed-addresses") == {"allow": {}}
    assert all(action == {"count": {}} for action in actions.values())
    assert counted(rules["common"]) == list(GROUPS["common"].rules)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        EVERYTHING,
        {"mode": "count"},
        {"upload_paths": ()},
        {"sign_in": {"paths": ("/a", "/b", "/c"), "rate_limit": 20}, "upload_paths": ("/d", "/e")},
        {"managed_rules": {"common": {}}, "allow_ips": ("192.0.2.0/24", "2001:db8::/32")},
    ],
)
def test_its_capacity_is_what_the_settings_are_checked_for(settings: dict[str, Any]) -> None:
    """The emulator computes it from the rules, as AWS does."""
    config = FirewallSettings.model_validate(settings)
    rules = [in_api_form(rule) for rule in rules_of(firewall(**settings)).values()]
    assert capacity_of(rules, "CLOUDFRONT", CONTEXT) == required_capacity(
        groups=config.managed_rules.groups,
        address_lists=(config.allow_ips, config.deny_ips),
        sign_in_paths=config.sign_in.paths if config.sign_in else (),
        upload_paths=config.upload_paths,
    )
