"""Samples for the rules on the web application firewall."""

from __future__ import annotations

from typing import Any

from tests.compliance.samples import changed, sample, without

_LOG = "aws_wafv2_web_acl_logging_configuration.log"
_GROUP = "aws_cloudwatch_log_group.group"
_ACL = "aws_wafv2_web_acl.acl"
_BALANCER = "aws_lb.web"
_ASSOCIATION = "aws_wafv2_web_acl_association.web"


def _managed(name: str, *counted: str, override: str = "none") -> dict[str, Any]:
    statement = {
        "name": name,
        "vendor_name": "AWS",
        "rule_action_override": [{"name": rule, "action_to_use": {"count": {}}} for rule in counted],
    }
    return {"override_action": {override: {}}, "statement": {"managed_rule_group_statement": statement}}


def _field(kind: str, *keys: str) -> dict[str, Any]:
    return {"action": "SUBSTITUTION", "field": {"field_type": kind, "field_keys": list(keys)}}


_COMMON = "AWSManagedRulesCommonRuleSet"
_RATE = {"rate_based_statement": {"limit": 100}}
_FIREWALL: dict[str, dict[str, Any]] = {
    _ACL: {
        "rule": [_managed(_COMMON, "SizeRestrictions_BODY"), {"action": {"count": {}}, "statement": _RATE}],
        "data_protection_config": {
            "data_protection": [_field("SINGLE_HEADER", "authorization", "cookie"), {"field": {"field_type": "BODY"}}]
        },
    },
    _LOG: {
        "resource_arn": "${aws_wafv2_web_acl.acl.arn}",
        "log_destination_configs": ["${aws_cloudwatch_log_group.group.arn}"],
        "redacted_fields": [{"single_header": {"name": "authorization"}}, {"single_header": {"name": "cookie"}}],
    },
    _GROUP: {"name": "aws-waf-logs-acme"},
}
_OPEN: dict[str, dict[str, Any]] = {
    _BALANCER: {"internal": False, "security_groups": ["${aws_security_group.web.id}"]},
    "aws_security_group.web": {},
    "aws_vpc_security_group_ingress_rule.web": {
        "security_group_id": "${aws_security_group.web.id}",
        "cidr_ipv4": "0.0.0.0/0",
    },
    _ASSOCIATION: {"resource_arn": "${aws_lb.web.arn}", "web_acl_arn": "arn:aws:wafv2:..."},
}
_BY_CLOUDFRONT_ONLY = {
    **without(_OPEN, _ASSOCIATION),
    "aws_vpc_security_group_ingress_rule.web": {
        "security_group_id": "${aws_security_group.web.id}",
        "prefix_list_id": "pl-1",
    },
}
_ENTRANCE = "public-entrance-has-firewall"
_COUNTS = {"rule": [_managed(_COMMON, override="count"), {"action": {"count": {}}, "statement": _RATE}]}

SAMPLES = (
    sample(
        _ENTRANCE,
        {"aws_cloudfront_distribution.site": {"web_acl_id": "${aws_wafv2_web_acl.acl.arn}"}},
        {"aws_cloudfront_distribution.site": {}},
        says="has no web_acl_id",
    ),
    sample(_ENTRANCE, _OPEN, without(_OPEN, _ASSOCIATION), says="open to the internet"),
    sample(
        _ENTRANCE,
        _BY_CLOUDFRONT_ONLY,
        {_BALANCER: {"internal": False, "security_groups": ["sg-of-another-stack"]}},
        says="open to the internet",
    ),
    sample(
        _ENTRANCE,
        {_BALANCER: {"internal": True}},
        changed(
            without(_OPEN, _ASSOCIATION), "aws_vpc_security_group_ingress_rule.web", cidr_ipv4=None, cidr_ipv6="::/0"
        ),
        says="no aws_wafv2_web_acl_association",
    ),
    sample("firewall-blocks", _FIREWALL, changed(_FIREWALL, _ACL, **_COUNTS), says="only counts"),
    sample(
        "firewall-blocks",
        changed(_FIREWALL, _ACL, rule=[{"action": {"block": {}}, "statement": _RATE}]),
        changed(_FIREWALL, _ACL, rule=[{"action": {"allow": {}}, "statement": {}}]),
        says="only counts",
    ),
    sample(
        "firewall-override-names-a-rule",
        _FIREWALL,
        changed(_FIREWALL, _ACL, rule=[_managed(_COMMON, "SizeRestriction_BODY")]),
        says=f"SizeRestriction_BODY is not a known rule of {_COMMON}",
    ),
    sample("firewall-has-log", _FIREWALL, without(_FIREWALL, _LOG), says="has no aws_wafv2_web_acl_logging"),
    sample(
        "firewall-has-log",
        _FIREWALL,
        changed(_FIREWALL, _LOG, log_destination_configs=["${aws_cloudwatch_log_group.group.arn}:*"]),
        at=_LOG,
        says="without :*",
    ),
    sample(
        "firewall-has-log",
        _FIREWALL,
        changed(_FIREWALL, _GROUP, name="/acme/firewall"),
        at=_GROUP,
        says="must start with aws-waf-logs-",
    ),
    sample(
        "firewall-hides-credentials",
        _FIREWALL,
        changed(_FIREWALL, _LOG, redacted_fields=[{"single_header": {"name": "authorization"}}]),
        at=_LOG,
        says="redacted_fields has no cookie",
    ),
    sample(
        "firewall-hides-credentials",
        _FIREWALL,
        changed(_FIREWALL, _ACL, data_protection_config={"data_protection": [_field("SINGLE_HEADER", "cookie")]}),
        says="data_protection_config has no authorization",
    ),
    *(
        sample(
            "firewall-lets-only-listed-addresses-pass",
            {_ACL: {"rule": [{"name": "office", "action": {"allow": {}}, "statement": good}]}},
            {_ACL: {"rule": {"name": "pass", "action": [{"allow": {}}], "statement": [bad]}}},
            says="pass allows requests",
        )
        for good, bad in (
            ({"ip_set_reference_statement": {"arn": "x"}}, {"geo_match_statement": {"country_codes": ["US"]}}),
            (
                {"and_statement": {"statement": [{"ip_set_reference_statement": {}}, {"byte_match_statement": {}}]}},
                {"not_statement": {"statement": [{"ip_set_reference_statement": {"arn": "x"}}]}},
            ),
        )
    ),
)
