from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.waf import NONE, Acl, geo, make_set, managed, path, rate, rule, visible

if TYPE_CHECKING:
    from tests.emulator.conftest import Client


def test_the_scope_of_cloudfront_is_in_one_region(client: Client) -> None:
    west = client("wafv2", region="us-west-2")
    for call in (
        lambda: Acl(client, "west", region="us-west-2"),
        lambda: west.list_web_acls(Scope="CLOUDFRONT"),
        lambda: west.create_ip_set(Name="west", Scope="CLOUDFRONT", IPAddressVersion="IPV4", Addresses=[]),
        lambda: west.check_capacity(Scope="CLOUDFRONT", Rules=[]),
    ):
        with pytest.raises(ClientError, match=r"WAFInvalidParameterException.*scope is not valid.*SCOPE_VALUE"):
            call()
    Acl(client, "west", scope="REGIONAL", region="us-west-2")


def test_a_name_is_used_once_in_each_scope(client: Client) -> None:
    Acl(client, "twice")
    Acl(client, "twice", scope="REGIONAL")
    make_set(client, "twice")

    with pytest.raises(ClientError, match="WAFDuplicateItemException"):
        Acl(client, "twice")
    with pytest.raises(ClientError, match="WAFDuplicateItemException"):
        make_set(client, "twice")


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ([rule("a", 1, geo()), rule("b", 1, geo())], r"WAFInvalidParameterException.*same priority.*field: RULE"),
        ([rule("a", 1, geo()), rule("a", 2, geo())], r"WAFInvalidParameterException.*same name.*parameter: a"),
        ([rule("a", 1, rate(9))], r"ValidationException.*Value '9'.*greater than or equal to 10"),
        ([rule("a", 1, geo("UK"))], r"ValidationException.*Value 'UK'.*enum value set"),
        ([rule("a", 1, managed("NoRuleSet"))], r"WAFNonexistentItemException.*AWSManagedRulesNoRuleSet by vendor AWS"),
        (
            [rule("a", 1, managed("CommonRuleSet", Version="2.0"))],
            r"WAFNonexistentItemException.*CommonRuleSet.*version 2.0 does not exist",
        ),
        ([rule("a", 1, managed("CommonRuleSet", VendorName="Other"))], "WAFSubscriptionNotFoundException"),
        ([rule("a", 1, managed("CommonRuleSet"), OverrideAction=None)], r"exactly one value.*field: RULE"),
        ([rule("a", 1, managed("CommonRuleSet"), Action={"Block": {}})], r"exactly one value.*field: RULE"),
        ([rule("a", 1, geo(), Action=None)], r"exactly one value.*field: RULE"),
        ([rule("a", 1, {**geo(), **path()})], r"exactly one value.*field: RULE"),
        ([rule("a", 1, {"AndStatement": {"Statements": [geo()]}})], r"minimum requirement.*field: AND_STATEMENT"),
        (
            [rule("a", 1, rate(ScopeDownStatement={"OrStatement": {"Statements": [geo()]}}))],
            r"minimum requirement.*field: OR_STATEMENT",
        ),
        (
            [rule("a", 1, {"IPSetReferenceStatement": {"ARN": f"arn:aws:wafv2:us-east-1:1:regional/ipset/a/{NONE}"}})],
            r"WAFInvalidParameterException.*ARN isn't valid.*field: RESOURCE_ARN.*regional/ipset",
        ),
        (
            [rule("a", 1, {"IPSetReferenceStatement": {"ARN": f"arn:aws:wafv2:us-east-1:1:global/ipset/a/{NONE}"}})],
            "WAFNonexistentItemException",
        ),
    ],
)
def test_wrong_rules_are_refused(client: Client, rules: list[Any], message: str) -> None:
    with pytest.raises(ClientError, match=message):
        Acl(client, "wrong", *rules)
    acl = Acl(client, "right", rule("a", 1, geo()))
    with pytest.raises(ClientError, match=message):
        acl.update(*rules)
    acl.delete()


@pytest.mark.parametrize(
    ("statement", "capacity"),
    [
        (managed("CommonRuleSet", Version="Version_1.4"), 700),
        (managed("AmazonIpReputationList", ScopeDownStatement=path()), 27),
        (geo(), 1),
        (path(), 2),
        (path("CONTAINS", "LOWERCASE", "URL_DECODE"), 30),
        (rate(), 2),
        (rate(ScopeDownStatement=path("STARTS_WITH", "LOWERCASE")), 14),
        (rate(AggregateKeyType="CUSTOM_KEYS", CustomKeys=[{"IP": {}}, {"HTTPMethod": {}}]), 62),
        ({"NotStatement": {"Statement": {"AndStatement": {"Statements": [geo(), path()]}}}}, 3),
        (
            {
                "SqliMatchStatement": {
                    "FieldToMatch": {"JsonBody": {"MatchPattern": {"All": {}}, "MatchScope": "ALL"}},
                    "TextTransformations": [{"Priority": 0, "Type": "NONE"}],
                    "SensitivityLevel": "HIGH",
                }
            },
            60,
        ),
        (
            {
                "XssMatchStatement": {
                    "FieldToMatch": {"AllQueryArguments": {}},
                    "TextTransformations": [{"Priority": 0, "Type": "NONE"}],
                }
            },
            50,
        ),
    ],
)
def test_capacity_is_that_of_the_documentation(client: Client, statement: Any, capacity: int) -> None:
    found = client("wafv2").check_capacity(Scope="CLOUDFRONT", Rules=[rule("a", 1, statement)])

    assert found["Capacity"] == capacity


def test_a_web_acl_has_the_capacity_of_its_rules(client: Client) -> None:
    waf = client("wafv2")
    addresses = make_set(client, "capacity")["ARN"]
    forwarded = {"HeaderName": "X-Forwarded-For", "FallbackBehavior": "MATCH", "Position": "ANY"}
    reference = {"IPSetReferenceStatement": {"ARN": addresses, "IPSetForwardedIPConfig": forwarded}}
    group = waf.create_rule_group(
        Name="capacity", Scope="CLOUDFRONT", Capacity=20, Rules=[rule("a", 1, geo())], **visible("capacity")
    )["Summary"]
    acl = Acl(
        client,
        "capacity",
        rule("addresses", 1, reference),
        rule("group", 2, {"RuleGroupReferenceStatement": {"ARN": group["ARN"]}}),
    )
    assert acl.read()["Capacity"] == 25
    acl.update(rule("common", 1, managed("CommonRuleSet")))
    assert acl.read()["Capacity"] == 700


def test_rules_over_the_capacity_are_refused(client: Client) -> None:
    rules = [rule(str(number), number, managed("CommonRuleSet")) for number in range(8)]
    acl = Acl(client, "full", *rules[:7])

    with pytest.raises(ClientError, match=r"exceeded the capacity limit.*field: WEB_ACL, parameter: 5600"):
        acl.update(*rules)
    waf = client("wafv2")
    small = {"Name": "small", "Scope": "CLOUDFRONT", **visible("small")}
    with pytest.raises(ClientError, match=r"exceeded the capacity limit.*field: RULE_GROUP, parameter: 2"):
        waf.create_rule_group(**small, Capacity=1, Rules=[rule("a", 1, path())])
    made = waf.create_rule_group(**small, Capacity=1, Rules=[rule("a", 1, geo())])["Summary"]
    with pytest.raises(ClientError, match=r"exceeded the capacity limit.*field: RULE_GROUP, parameter: 2"):
        waf.update_rule_group(**small, Id=made["Id"], LockToken=made["LockToken"], Rules=[rule("a", 1, path())])


def test_an_update_replaces_all_settings(client: Client) -> None:
    field = {"FieldType": "SINGLE_HEADER", "FieldKeys": ["authorization"]}
    protection = {"DataProtections": [{"Field": field, "Action": "HASH"}]}
    acl = Acl(
        client,
        "replaced",
        rule("a", 1, geo()),
        Description="first one",
        DataProtectionConfig=protection,
        TokenDomains=["example.com"],
        CustomResponseBodies={"sorry": {"ContentType": "TEXT_PLAIN", "Content": "sorry"}},
    )
    assert acl.read()["DataProtectionConfig"] == protection
    acl.update()

    found = acl.read()
    assert found["Rules"] == []
    assert found["Description"] == ""
    assert not {"DataProtectionConfig", "TokenDomains", "CustomResponseBodies"} & set(found)
    acl.update(rule("b", 2, geo()), DataProtectionConfig=protection)
    assert acl.read()["DataProtectionConfig"] == protection


def test_a_change_with_an_old_token_is_refused(client: Client) -> None:
    acl = Acl(client, "token")

    with pytest.raises(ClientError, match="WAFOptimisticLockException"):
        acl.update(LockToken=NONE)
    with pytest.raises(ClientError, match="WAFOptimisticLockException"):
        acl.waf.delete_web_acl(**acl.place, LockToken=NONE)


@pytest.mark.parametrize(
    ("address", "version"),
    [
        ("0.0.0.0/0", "IPV4"),
        ("192.0.2.1", "IPV4"),
        ("195.178.188.66/29", "IPV4"),
        ("2001:db8::/32", "IPV4"),
        ("192.0.2.0/24", "IPV6"),
        ("::/0", "IPV6"),
    ],
)
def test_an_address_that_is_not_a_block_is_refused(client: Client, address: str, version: str) -> None:
    with pytest.raises(ClientError, match=rf"formatting that is not valid., field: IP_ADDRESS, parameter: {address}"):
        make_set(client, "addresses", address, version=version)


def test_changed_addresses_are_checked(client: Client) -> None:
    waf = client("wafv2")
    made = make_set(client, "changed-addresses", "2001:db8::/32", version="IPV6")
    place = {"Name": made["Name"], "Scope": "CLOUDFRONT", "Id": made["Id"], "LockToken": made["LockToken"]}

    with pytest.raises(ClientError, match="field: IP_ADDRESS"):
        waf.update_ip_set(**place, Addresses=["192.0.2.0/24"])
    waf.update_ip_set(**place, Addresses=["2001:db8::1/128"])
