"""Web ACLs and their rules, as the tests of AWS WAF make them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

GROUP = "arn:aws:logs:us-east-1:123456789012:log-group:aws-waf-logs-edge"
NONE = "00000000-0000-0000-0000-000000000000"


def visible(name: str) -> dict[str, Any]:
    return {"VisibilityConfig": {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": name}}


def rule(name: str, priority: int, statement: Any, **changes: Any) -> dict[str, Any]:
    grouped = {"ManagedRuleGroupStatement", "RuleGroupReferenceStatement"} & set(statement)
    action: dict[str, Any] = {"OverrideAction": {"None": {}}} if grouped else {"Action": {"Block": {}}}
    found = {"Name": name, "Priority": priority, "Statement": statement, **visible(name), **action, **changes}
    return {key: value for key, value in found.items() if value is not None}


def managed(name: str, **changes: Any) -> dict[str, Any]:
    return {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": f"AWSManagedRules{name}", **changes}}


def rate(limit: int = 1000, **changes: Any) -> dict[str, Any]:
    return {"RateBasedStatement": {"Limit": limit, "AggregateKeyType": "IP", **changes}}


def geo(*countries: str) -> dict[str, Any]:
    return {"GeoMatchStatement": {"CountryCodes": list(countries or ("KP",))}}


def path(constraint: str = "STARTS_WITH", *changes: str) -> dict[str, Any]:
    return {
        "ByteMatchStatement": {
            "SearchString": b"/login",
            "FieldToMatch": {"UriPath": {}},
            "TextTransformations": [
                {"Priority": number, "Type": change} for number, change in enumerate(changes or ("NONE",))
            ],
            "PositionalConstraint": constraint,
        }
    }


class Acl:
    """A web ACL that a test changes."""

    def __init__(
        self, client: Client, name: str, *rules: Any, scope: str = "CLOUDFRONT", region: str = "us-east-1", **more: Any
    ) -> None:
        self.waf = client("wafv2", region=region, checked=False)
        self.name = name
        self.scope = scope
        made = self.waf.create_web_acl(
            Name=name, Scope=scope, DefaultAction={"Allow": {}}, Rules=list(rules), **visible(name), **more
        )["Summary"]
        self.id, self.arn = made["Id"], made["ARN"]

    @property
    def place(self) -> dict[str, str]:
        return {"Name": self.name, "Scope": self.scope, "Id": self.id}

    def read(self) -> Any:
        return self.waf.get_web_acl(**self.place)["WebACL"]

    def update(self, *rules: Any, **more: Any) -> None:
        token = self.waf.get_web_acl(**self.place)["LockToken"]
        settings = {"DefaultAction": {"Allow": {}}, "Rules": list(rules), **visible(self.name), "LockToken": token}
        self.waf.update_web_acl(**self.place, **{**settings, **more})

    def delete(self) -> None:
        self.waf.delete_web_acl(**self.place, LockToken=self.waf.get_web_acl(**self.place)["LockToken"])


def make_set(client: Client, name: str, *addresses: str, version: str = "IPV4", scope: str = "CLOUDFRONT") -> Any:
    return client("wafv2").create_ip_set(
        Name=name, Scope=scope, IPAddressVersion=version, Addresses=list(addresses or ("192.0.2.0/24",))
    )["Summary"]
