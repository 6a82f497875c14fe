"""What uses a web ACL or is used by one: distributions, load balancers, sets of addresses, logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from tests.emulator.edge import delete_distribution, make_balancer, make_distribution
from tests.emulator.waf import GROUP, NONE, Acl, make_set, rate, rule

if TYPE_CHECKING:
    from tests.emulator.conftest import Client


def test_a_web_acl_of_a_distribution_is_not_deleted(client: Client) -> None:
    acl = Acl(client, "distributed")
    user, _ = make_distribution(client, "distributed", config={"WebACLId": acl.arn})
    with pytest.raises(ClientError, match=r"WAFAssociatedItemException.*associated with another resource"):
        acl.delete()
    delete_distribution(client, user)

    acl.delete()


def test_a_distribution_has_no_regional_web_acl(client: Client) -> None:
    acl = Acl(client, "no-distribution", scope="REGIONAL")

    with pytest.raises(ClientError, match="InvalidWebACLId"):
        make_distribution(client, "no-distribution", config={"WebACLId": acl.arn})


def test_a_web_acl_of_a_load_balancer_is_not_deleted(client: Client) -> None:
    first, second = (Acl(client, name, scope="REGIONAL") for name in ("first-of-two", "second-of-two"))
    balancer, _ = make_balancer(client, "protected")
    first.waf.associate_web_acl(WebACLArn=first.arn, ResourceArn=balancer)
    with pytest.raises(ClientError, match="WAFAssociatedItemException"):
        first.delete()
    first.waf.associate_web_acl(WebACLArn=second.arn, ResourceArn=balancer)
    assert first.waf.get_web_acl_for_resource(ResourceArn=balancer)["WebACL"]["Name"] == "second-of-two"
    first.delete()
    with pytest.raises(ClientError, match="WAFAssociatedItemException"):
        second.delete()
    client("elbv2").delete_load_balancer(LoadBalancerArn=balancer)

    second.delete()


def test_only_a_load_balancer_of_the_region_gets_a_regional_web_acl(client: Client) -> None:
    edge, regional = Acl(client, "not-regional"), Acl(client, "regional", scope="REGIONAL")
    balancer, _ = make_balancer(client, "associated")
    network, _ = make_balancer(client, "associated-network", Type="network")
    _, distributed = make_distribution(client, "associated")
    waf = client("wafv2")
    for acl, resource, wrong in (
        (edge.arn, balancer, edge.arn),
        (regional.arn, distributed, distributed),
        (regional.arn, network, network),
        (regional.arn, balancer.replace("us-east-1", "us-west-2"), "us-west-2"),
    ):
        with pytest.raises(ClientError, match=f"ARN isn't valid.*field: RESOURCE_ARN, parameter: .*{wrong}"):
            waf.associate_web_acl(WebACLArn=acl, ResourceArn=resource)
    with pytest.raises(ClientError, match="WAFNonexistentItemException"):
        waf.associate_web_acl(WebACLArn=regional.arn, ResourceArn=f"{balancer}0")


def test_a_set_that_a_rule_references_is_not_deleted(client: Client) -> None:
    waf = client("wafv2")
    made = make_set(client, "referenced")
    patterns = waf.create_regex_pattern_set(
        Name="referenced", Scope="CLOUDFRONT", RegularExpressionList=[{"RegexString": "a"}]
    )["Summary"]
    match = {
        "RegexPatternSetReferenceStatement": {
            "ARN": patterns["ARN"],
            "FieldToMatch": {"UriPath": {}},
            "TextTransformations": [{"Priority": 0, "Type": "NONE"}],
        }
    }
    reference = {"IPSetReferenceStatement": {"ARN": made["ARN"]}}
    acl = Acl(client, "referring", rule("a", 1, rate(ScopeDownStatement=reference)), rule("b", 2, match))
    for delete, one in ((waf.delete_ip_set, made), (waf.delete_regex_pattern_set, patterns)):
        place = {"Name": one["Name"], "Scope": "CLOUDFRONT", "Id": one["Id"], "LockToken": one["LockToken"]}
        with pytest.raises(ClientError, match="WAFAssociatedItemException"):
            delete(**place)
    acl.delete()
    for delete, one in ((waf.delete_ip_set, made), (waf.delete_regex_pattern_set, patterns)):
        delete(Name=one["Name"], Scope="CLOUDFRONT", Id=one["Id"], LockToken=one["LockToken"])


@pytest.mark.parametrize(
    "destination",
    [
        "arn:aws:logs:us-east-1:123456789012:log-group:/aws/waf/edge",
        "arn:aws:s3:::logs",
        "arn:aws:firehose:us-east-1:123456789012:deliverystream/edge",
        "arn:aws:sqs:us-east-1:123456789012:aws-waf-logs-edge",
        GROUP.replace("us-east-1", "us-west-2"),
    ],
)
def test_a_destination_of_logs_that_waf_cannot_use_is_refused(client: Client, destination: str) -> None:
    acl = Acl(client, "logged")
    with pytest.raises(ClientError, match=rf"ARN isn't valid.*field: LOG_DESTINATION, parameter: {destination}"):
        acl.waf.put_logging_configuration(
            LoggingConfiguration={"ResourceArn": acl.arn, "LogDestinationConfigs": [destination]}
        )
    acl.delete()


@pytest.mark.parametrize(
    "destination",
    [GROUP, "arn:aws:s3:::aws-waf-logs-edge", "arn:aws:firehose:us-east-1:123456789012:deliverystream/aws-waf-logs-a"],
)
def test_a_destination_with_the_prefix_is_accepted(client: Client, destination: str) -> None:
    acl = Acl(client, "logged")
    redacted = [{"SingleHeader": {"Name": "authorization"}}, {"QueryString": {}}]
    config = {"ResourceArn": acl.arn, "LogDestinationConfigs": [destination], "RedactedFields": redacted}
    acl.waf.put_logging_configuration(LoggingConfiguration=config)

    found = acl.waf.get_logging_configuration(ResourceArn=acl.arn)["LoggingConfiguration"]
    assert found["LogDestinationConfigs"] == [destination]
    with pytest.raises(ClientError, match=r"field: FIELD_TO_MATCH, parameter: Body"):
        acl.waf.put_logging_configuration(LoggingConfiguration={**config, "RedactedFields": [{"Body": {}}]})
    acl.delete()


def test_logging_is_set_in_the_region_of_its_web_acl(client: Client) -> None:
    acl = Acl(client, "logged-elsewhere")
    config = {"ResourceArn": acl.arn, "LogDestinationConfigs": [GROUP.replace("us-east-1", "us-west-2")]}
    with pytest.raises(ClientError, match=r"ARN isn't valid.*field: RESOURCE_ARN"):
        client("wafv2", region="us-west-2").put_logging_configuration(LoggingConfiguration=config)
    unknown = {"ResourceArn": f"{acl.arn[:-36]}{NONE}", "LogDestinationConfigs": [GROUP]}
    with pytest.raises(ClientError, match="WAFNonexistentItemException"):
        acl.waf.put_logging_configuration(LoggingConfiguration=unknown)
