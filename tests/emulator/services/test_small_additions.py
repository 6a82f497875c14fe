"""Services with one or two additions each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from tests.emulator.raw import raw_answer

if TYPE_CHECKING:
    from tests.emulator.conftest import Client


def test_a_composite_alarm_is_kept(client: Client) -> None:
    cloudwatch = client("cloudwatch")
    cloudwatch.put_composite_alarm(AlarmName="both", AlarmRule="ALARM(a) AND ALARM(b)")

    found = cloudwatch.describe_alarms(AlarmNames=["both"], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    assert found[0]["AlarmRule"] == "ALARM(a) AND ALARM(b)"


def test_a_detectors_tags_can_be_read_and_changed(client: Client) -> None:
    guardduty = client("guardduty")
    detector = guardduty.create_detector(Enable=True, Tags={"a": "1"})["DetectorId"]
    arn = f"arn:aws:guardduty:us-east-1:123456789012:detector/{detector}"
    guardduty.tag_resource(ResourceArn=arn, Tags={"b": "2"})
    guardduty.untag_resource(ResourceArn=arn, TagKeys=["a"])

    assert guardduty.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"b": "2"}
    with pytest.raises(ClientError, match="not owned by the current account"):
        guardduty.list_tags_for_resource(ResourceArn=arn.replace(detector, "none"))


def test_tags_of_what_a_detector_contains_are_not_the_detectors(client: Client) -> None:
    guardduty = client("guardduty", account="900000000086")
    detector = guardduty.create_detector(Enable=True, Tags={"a": "1"})["DetectorId"]
    arn = f"arn:aws:guardduty:us-east-1:900000000086:detector/{detector}"

    with pytest.raises(ClientError, match="EmulatorGap"):
        guardduty.list_tags_for_resource(ResourceArn=f"{arn}/filter/one")
    with pytest.raises(ClientError, match="EmulatorGap"):
        guardduty.tag_resource(ResourceArn=f"{arn}/filter/one", Tags={"b": "2"})
    with pytest.raises(ClientError, match="EmulatorGap"):
        guardduty.untag_resource(ResourceArn=f"{arn}/filter/one", TagKeys=["a"])
    assert guardduty.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"a": "1"}


def test_a_detector_keeps_the_features_that_an_update_does_not_name(client: Client) -> None:
    guardduty = client("guardduty")
    detector = guardduty.create_detector(Enable=True)["DetectorId"]
    guardduty.update_detector(DetectorId=detector, Features=[{"Name": "S3_DATA_EVENTS", "Status": "ENABLED"}])
    guardduty.update_detector(DetectorId=detector, Features=[{"Name": "RDS_LOGIN_EVENTS", "Status": "ENABLED"}])
    guardduty.update_detector(DetectorId=detector, Features=[{"Name": "S3_DATA_EVENTS", "Status": "DISABLED"}])
    guardduty.update_detector(DetectorId=detector, Enable=True)

    features = {f["Name"]: f["Status"] for f in guardduty.get_detector(DetectorId=detector)["Features"]}
    assert features == {"S3_DATA_EVENTS": "DISABLED", "RDS_LOGIN_EVENTS": "ENABLED"}


def test_security_hub_keeps_settings_and_standards(client: Client) -> None:
    hub = client("securityhub")
    hub.enable_security_hub()
    hub.update_security_hub_configuration(AutoEnableControls=False)
    standard = "arn:aws:securityhub:us-east-1::standards/pci-dss/v/3.2.1"
    enabled = hub.batch_enable_standards(StandardsSubscriptionRequests=[{"StandardsArn": standard}])

    arn = enabled["StandardsSubscriptions"][0]["StandardsSubscriptionArn"]
    assert arn == "arn:aws:securityhub:us-east-1:123456789012:subscription/pci-dss/v/3.2.1"
    assert hub.describe_hub()["AutoEnableControls"] is False
    assert len(hub.get_enabled_standards(StandardsSubscriptionArns=[arn])["StandardsSubscriptions"]) == 1
    gone = hub.batch_disable_standards(StandardsSubscriptionArns=[arn])["StandardsSubscriptions"]
    assert gone[0]["StandardsStatus"] == "DELETING"
    assert hub.get_enabled_standards()["StandardsSubscriptions"] == []


def test_a_state_machine_definition_is_checked(client: Client) -> None:
    states = client("stepfunctions")
    good = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
    lost = {"StartAt": "B", "States": {"A": {"Type": "Pass", "End": True}}}

    assert states.validate_state_machine_definition(definition=json.dumps(good))["result"] == "OK"
    failed = states.validate_state_machine_definition(definition=json.dumps(lost))
    assert failed["diagnostics"][0]["code"] == "MISSING_TRANSITION_TARGET"
    assert states.validate_state_machine_definition(definition="{")["result"] == "FAIL"


def test_a_pipelines_timestamps_are_numbers(client: Client) -> None:
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "codepipeline.amazonaws.com"}}]}
    role = client("iam").create_role(RoleName="pipeline", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    kind = {"owner": "AWS", "version": "1"}
    source = {"category": "Source", "provider": "S3", **kind}
    build = {"category": "Build", "provider": "CodeBuild", **kind}
    client("codepipeline").create_pipeline(
        pipeline={
            "name": "app",
            "roleArn": role["Arn"],
            "artifactStore": {"type": "S3", "location": "artifacts"},
            "stages": [
                {"name": "source", "actions": [{"name": "source", "actionTypeId": source}]},
                {"name": "build", "actions": [{"name": "build", "actionTypeId": build}]},
            ],
        }
    )

    metadata = raw_answer(client("codepipeline"), "get_pipeline", name="app")["metadata"]
    assert isinstance(metadata["created"], int | float)
    assert isinstance(metadata["updated"], int | float)


def test_a_replica_key_has_its_own_settings_and_leaves_the_primary_alone(client: Client) -> None:
    kms = client("kms")
    primary = kms.create_key(MultiRegion=True, Description="primary")["KeyMetadata"]["KeyId"]
    tags = [{"TagKey": "a", "TagValue": "1"}]
    kms.replicate_key(KeyId=primary, ReplicaRegion="us-west-2", Description="replica", Tags=tags)

    there = client("kms", region="us-west-2")
    replica = there.describe_key(KeyId=primary)["KeyMetadata"]
    assert replica["Description"] == "replica"
    assert replica["MultiRegionConfiguration"]["MultiRegionKeyType"] == "REPLICA"
    assert there.list_resource_tags(KeyId=primary)["Tags"] == tags
    again = kms.describe_key(KeyId=primary)["KeyMetadata"]
    assert again["MultiRegionConfiguration"]["MultiRegionKeyType"] == "PRIMARY"
    assert again["Description"] == "primary"


def test_a_budget_keeps_tags_subscribers_and_updates(client: Client) -> None:
    budgets = client("budgets")
    account = "123456789012"
    notification = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 80}
    subscriber = {"SubscriptionType": "EMAIL", "Address": "a@example.com"}
    limit = {"Amount": "10", "Unit": "USD"}
    budget = {"BudgetName": "all", "BudgetLimit": limit, "TimeUnit": "MONTHLY", "BudgetType": "COST"}
    budgets.create_budget(
        AccountId=account,
        Budget=budget,
        NotificationsWithSubscribers=[{"Notification": notification, "Subscribers": [subscriber]}],
        ResourceTags=[{"Key": "a", "Value": "1"}],
    )
    budgets.update_budget(AccountId=account, NewBudget={**budget, "BudgetLimit": {**limit, "Amount": "20"}})
    new = {**notification, "Threshold": 90}
    named = {"AccountId": account, "BudgetName": "all"}
    budgets.update_notification(**named, OldNotification=notification, NewNotification=new)

    assert budgets.describe_budget(**named)["Budget"]["BudgetLimit"]["Amount"] == "20"
    heard = budgets.describe_subscribers_for_notification(**named, Notification=new)
    assert heard["Subscribers"] == [subscriber]
    arn = f"arn:aws:budgets::{account}:budget/all"
    assert budgets.list_tags_for_resource(ResourceARN=arn)["ResourceTags"] == [{"Key": "a", "Value": "1"}]
    with pytest.raises(ClientError, match="Unable to find the notification"):
        budgets.describe_subscribers_for_notification(**named, Notification=notification)


def test_a_path_with_an_encoded_slash_is_routed(client: Client) -> None:
    groups = client("resource-groups")
    query = json.dumps({"ResourceTypeFilters": ["AWS::AllSupported"], "TagFilters": [{"Key": "a", "Values": ["1"]}]})
    kind = {"Type": "TAG_FILTERS_1_0", "Query": query}
    arn = groups.create_group(Name="all", ResourceQuery=kind, Tags={"a": "1"})["Group"]["GroupArn"]

    assert groups.get_tags(Arn=arn)["Tags"] == {"a": "1"}


def test_a_query_log_finds_the_log_group_by_terraforms_arn(client: Client) -> None:
    client("logs").create_log_group(logGroupName="/aws/route53/example.com")
    group = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/route53/example.com"
    route53 = client("route53")
    zone = route53.create_hosted_zone(Name="example.com", CallerReference="1")["HostedZone"]["Id"]
    made = route53.create_query_logging_config(
        HostedZoneId=zone.removeprefix("/hostedzone/"), CloudWatchLogsLogGroupArn=group
    )

    assert made["QueryLoggingConfig"]["CloudWatchLogsLogGroupArn"] == group


def test_a_secure_parameter_with_an_unknown_key_is_refused(client: Client) -> None:
    parameter = {"Name": "/secret", "Value": "x", "Type": "SecureString"}
    client("ssm").put_parameter(**parameter, KeyId="alias/aws/ssm")

    with pytest.raises(ClientError, match=r"InvalidKeyId.*Invalid keyId alias/none"):
        client("ssm").put_parameter(**parameter, KeyId="alias/none", Overwrite=True)


def test_a_zone_leaves_no_reusable_delegation_set(client: Client) -> None:
    route53 = client("route53", account="900000000083")
    zone = route53.create_hosted_zone(Name="example.com", CallerReference="1")["HostedZone"]["Id"]
    assert route53.list_reusable_delegation_sets()["DelegationSets"] == []
    made = route53.create_reusable_delegation_set(CallerReference="2")["DelegationSet"]["Id"]
    assert [s["Id"] for s in route53.list_reusable_delegation_sets()["DelegationSets"]] == [made]
    route53.delete_hosted_zone(Id=zone)
