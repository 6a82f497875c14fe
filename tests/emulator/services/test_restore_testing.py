"""Restore testing plans and their selections, and what AWS Backup refuses of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

ACCOUNT = "700000000361"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/restorer"
DATABASE = f"arn:aws:rds:us-east-1:{ACCOUNT}:db:users"
POINTS = {"Algorithm": "LATEST_WITHIN_WINDOW", "IncludeVaults": ["*"], "RecoveryPointTypes": ["SNAPSHOT"]}


@pytest.fixture(scope="module")
def backup(client: Client) -> Any:
    return client("backup", account=ACCOUNT)


def create_plan(backup: Any, name: str, *, tags: dict[str, str] | None = None, **settings: Any) -> str:
    plan = {
        "RestoreTestingPlanName": name,
        "ScheduleExpression": "cron(0 5 ? * 1 *)",
        "RecoveryPointSelection": POINTS,
        **settings,
    }
    return str(backup.create_restore_testing_plan(RestoreTestingPlan=plan, Tags=tags or {})["RestoreTestingPlanArn"])


def create_selection(backup: Any, plan: str, **settings: Any) -> None:
    selection = {
        "RestoreTestingSelectionName": "databases",
        "IamRoleArn": ROLE,
        "ProtectedResourceType": "RDS",
        "ProtectedResourceArns": [DATABASE],
        **settings,
    }
    wanted = {name: value for name, value in selection.items() if value is not None}
    backup.create_restore_testing_selection(RestoreTestingPlanName=plan, RestoreTestingSelection=wanted)


def test_a_plan_has_the_defaults_of_aws_and_merges_changes(backup: Any) -> None:
    arn = create_plan(backup, "weekly", tags={"a": "1"})
    backup.update_restore_testing_plan(
        RestoreTestingPlanName="weekly",
        RestoreTestingPlan={"RecoveryPointSelection": {"SelectionWindowDays": 7}, "StartWindowHours": 2},
    )

    found = backup.get_restore_testing_plan(RestoreTestingPlanName="weekly")["RestoreTestingPlan"]
    assert (found["StartWindowHours"], found["ScheduleExpressionTimezone"]) == (2, "Etc/UTC")
    assert found["RecoveryPointSelection"] == {**POINTS, "ExcludeVaults": [], "SelectionWindowDays": 7}
    assert backup.list_tags(ResourceArn=arn)["Tags"] == {"a": "1"}
    listed = backup.list_restore_testing_plans()["RestoreTestingPlans"]
    assert ("weekly", arn) in {(one["RestoreTestingPlanName"], one["RestoreTestingPlanArn"]) for one in listed}


def test_a_selection_is_stored_changed_listed_and_deleted(backup: Any) -> None:
    names = {"RestoreTestingPlanName": "selected", "RestoreTestingSelectionName": "databases"}
    with pytest.raises(ClientError, match="Restore testing plan selected not found"):
        create_selection(backup, "selected")
    create_plan(backup, "selected")
    create_selection(backup, "selected")
    with pytest.raises(ClientError, match="AlreadyExistsException"):
        create_selection(backup, "selected")
    backup.update_restore_testing_selection(**names, RestoreTestingSelection={"ValidationWindowHours": 4})

    found = backup.get_restore_testing_selection(**names)["RestoreTestingSelection"]
    assert (found["ProtectedResourceArns"], found["ValidationWindowHours"]) == ([DATABASE], 4)
    listed = backup.list_restore_testing_selections(RestoreTestingPlanName="selected")["RestoreTestingSelections"]
    assert [(one["RestoreTestingSelectionName"], one["ProtectedResourceType"]) for one in listed] == [
        ("databases", "RDS")
    ]
    with pytest.raises(ClientError, match="selections must be deleted prior to restore testing plan deletion"):
        backup.delete_restore_testing_plan(RestoreTestingPlanName="selected")
    backup.delete_restore_testing_selection(**names)
    backup.delete_restore_testing_plan(RestoreTestingPlanName="selected")
    with pytest.raises(ClientError, match="Restore testing plan selected not found"):
        backup.get_restore_testing_plan(RestoreTestingPlanName="selected")


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"name": "user-management"}, r"Invalid restore testing plan name: user-management"),
        ({"name": "a" * 51}, r"Invalid restore testing plan name"),
        ({"ScheduleExpression": "rate(7 days)"}, r"rate\(7 days\) is not a valid cron expression"),
        ({"ScheduleExpression": "cron(0 5 * * 1 *)"}, r"is not a valid cron expression"),
        ({"ScheduleExpressionTimezone": "Mars/Olympus"}, r"Mars/Olympus is not a time zone"),
        ({"StartWindowHours": 169}, r"StartWindowHours must be 1 to 168"),
        ({"RecoveryPointSelection": {**POINTS, "SelectionWindowDays": 366}}, r"SelectionWindowDays must be 1 to 365"),
        ({"RecoveryPointSelection": {**POINTS, "Algorithm": "OLDEST"}}, r"OLDEST"),
        ({"RecoveryPointSelection": {**POINTS, "IncludeVaults": []}}, r"IncludeVaults is required"),
        (
            {"RecoveryPointSelection": {**POINTS, "IncludeVaults": ["copies"]}},
            r"copies is not the ARN of a",
        ),
        ({"tags": {str(number): "" for number in range(51)}}, r"at most 50 tags"),
    ],
)
def test_a_plan_is_refused(backup: Any, settings: dict[str, Any], problem: str) -> None:
    with pytest.raises(ClientError, match=problem):
        create_plan(backup, **{"name": "refused", **settings})


def test_a_change_of_a_plan_is_refused(backup: Any) -> None:
    create_plan(backup, "changed")
    with pytest.raises(ClientError, match="StartWindowHours must be 1 to 168"):
        backup.update_restore_testing_plan(RestoreTestingPlanName="changed", RestoreTestingPlan={"StartWindowHours": 0})


@pytest.fixture(scope="module")
def plan(backup: Any) -> str:
    create_plan(backup, "strict")
    return "strict"


CONDITION = {"StringEquals": [{"Key": "aws:ResourceTag/backup-plan", "Value": "users"}]}


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"RestoreTestingSelectionName": "user-management"}, r"Invalid restore testing selection name"),
        ({"ProtectedResourceType": "Redshift"}, r"Redshift is not a resource type of restore testing"),
        ({"ProtectedResourceArns": None}, r"MissingParameterValueException"),
        ({"ProtectedResourceType": "DocumentDB"}, r"db:users is not the ARN of a resource of type DocumentDB"),
        ({"ProtectedResourceArns": ["*", DATABASE]}, r"either \* or ARNs"),
        ({"ProtectedResourceArns": [f"{DATABASE}-{one}" for one in range(31)]}, r"more than 30 ARNs"),
        ({"ProtectedResourceConditions": CONDITION}, r"either ARNs or conditions"),
        (
            {
                "ProtectedResourceArns": ["*"],
                "ProtectedResourceConditions": {"StringEquals": [{"Key": "backup-plan", "Value": "users"}]},
            },
            r"backup-plan must begin with aws:ResourceTag/",
        ),
        ({"ValidationWindowHours": 169}, r"ValidationWindowHours must be 0 to 168"),
        ({"IamRoleArn": "restorer"}, r"restorer is not the ARN of a role"),
        ({"IamRoleArn": "arn:aws:iam::111122223333:role/restorer"}, r"Cross-account pass role"),
        ({"RestoreMetadataOverrides": {"deletionProtection": "false"}}, r"deletionProtection cannot be overridden"),
        ({"RestoreMetadataOverrides": {"vpcSecurityGroupIds": "sg-1"}}, r"must be a JSON array of strings, not sg-1"),
        ({"RestoreMetadataOverrides": {"multiAz": "no"}}, r"multiAz must be true or false"),
        ({"RestoreMetadataOverrides": {"port": "many"}}, r"port must be an integer"),
    ],
)
def test_a_selection_is_refused(backup: Any, plan: str, settings: dict[str, Any], problem: str) -> None:
    with pytest.raises(ClientError, match=problem):
        create_selection(backup, plan, **settings)


def test_a_class_is_an_override_of_instances_and_not_of_clusters(backup: Any, plan: str) -> None:
    overrides = {"DBINSTANCECLASS": "db.t4g.micro"}
    create_selection(backup, plan, RestoreMetadataOverrides=overrides)  # keys are not case-sensitive
    with pytest.raises(ClientError, match="DBINSTANCECLASS cannot be overridden for DocumentDB"):
        create_selection(
            backup,
            plan,
            RestoreTestingSelectionName="documents",
            ProtectedResourceType="DocumentDB",
            ProtectedResourceArns=["*"],
            RestoreMetadataOverrides=overrides,
        )


def test_a_change_after_which_a_selection_is_not_valid_is_refused(backup: Any) -> None:
    create_plan(backup, "kept")
    create_selection(backup, "kept")
    names = {"RestoreTestingPlanName": "kept", "RestoreTestingSelectionName": "databases"}
    with pytest.raises(ClientError, match="either ARNs or conditions"):
        backup.update_restore_testing_selection(
            **names, RestoreTestingSelection={"ProtectedResourceConditions": CONDITION}
        )
    backup.update_restore_testing_selection(
        **names, RestoreTestingSelection={"ProtectedResourceArns": ["*"], "ProtectedResourceConditions": CONDITION}
    )


def test_a_plan_has_at_most_thirty_selections(backup: Any) -> None:
    create_plan(backup, "crowded")
    for number in range(30):
        create_selection(backup, "crowded", RestoreTestingSelectionName=f"one_{number}")
    with pytest.raises(ClientError, match="LimitExceededException"):
        create_selection(backup, "crowded", RestoreTestingSelectionName="one_30")
