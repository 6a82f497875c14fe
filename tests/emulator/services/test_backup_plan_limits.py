"""Plans, selections and vaults that AWS Backup refuses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.backup_role import create_role

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

VAULT = "limits"
ELSEWHERE = "arn:aws:backup:us-west-2:123456789012:backup-vault:limits"


@pytest.fixture(scope="module")
def backup(client: Client) -> Any:
    found = client("backup", region="eu-west-1", checked=False)
    found.create_backup_vault(BackupVaultName=VAULT)
    return found


def refusal(backup: Any, name: str = "plan", **rule: Any) -> str:
    rules = [{"RuleName": "daily", "TargetBackupVaultName": VAULT, **rule}]
    with pytest.raises(ClientError, match="InvalidParameterValueException") as caught:
        backup.create_backup_plan(BackupPlan={"BackupPlanName": name, "Rules": rules})
    return str(caught.value)


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ({"RuleName": "every day"}, "Error in rule every day : Invalid rule name"),
        ({"StartWindowMinutes": 59}, "Invalid start window. It must be at least 60 minutes"),
        ({"StartWindowMinutes": 60, "CompletionWindowMinutes": 60}, "Invalid completion window"),
        ({"Lifecycle": {"DeleteAfterDays": 0}}, "DeleteAfterDays cannot be less than 1 or more than 36500 days"),
        ({"Lifecycle": {"DeleteAfterDays": 36_501}}, "DeleteAfterDays cannot be less than 1 or more than 36500 days"),
        ({"Lifecycle": {"DeleteAfterDays": 119, "MoveToColdStorageAfterDays": 30}}, "less than 90 days apart"),
        ({"EnableContinuousBackup": True, "Lifecycle": {"DeleteAfterDays": 36}}, "at most 35 days"),
        (
            {
                "EnableContinuousBackup": True,
                "Lifecycle": {"DeleteAfterDays": 35, "MoveToColdStorageAfterDays": 1},
            },
            "MoveToColdStorageAfterDays is unavailable",
        ),
        ({"CopyActions": [{"DestinationBackupVaultArn": "arn:aws:s3:::b"}]}, "Invalid destination backup vault ARN"),
        (
            {"CopyActions": [{"DestinationBackupVaultArn": ELSEWHERE, "Lifecycle": {"DeleteAfterDays": 0}}]},
            "Error in rule daily : Invalid lifecycle",
        ),
    ],
)
def test_a_rule_that_is_not_valid_is_refused(backup: Any, rule: dict[str, Any], says: str) -> None:
    assert says in refusal(backup, **rule)


def test_a_plan_needs_a_valid_name_and_different_rules(backup: Any) -> None:
    assert "Invalid backup plan name" in refusal(backup, name="x" * 51)
    rule = {"RuleName": "daily", "TargetBackupVaultName": VAULT}
    with pytest.raises(ClientError, match="Error in rule daily : its name is not unique"):
        backup.create_backup_plan(BackupPlan={"BackupPlanName": "twice", "Rules": [rule, rule]})


def test_an_update_is_checked_too(backup: Any) -> None:
    rule = {"RuleName": "daily", "TargetBackupVaultName": VAULT, "Lifecycle": {"DeleteAfterDays": 7}}
    identifier = backup.create_backup_plan(BackupPlan={"BackupPlanName": "kept", "Rules": [rule]})["BackupPlanId"]
    with pytest.raises(ClientError, match="Invalid start window"):
        backup.update_backup_plan(
            BackupPlanId=identifier,
            BackupPlan={"BackupPlanName": "kept", "Rules": [{**rule, "StartWindowMinutes": 1}]},
        )


@pytest.mark.parametrize(
    ("selection", "says"),
    [
        ({"SelectionName": "a b"}, "Invalid backup selection name"),
        ({"Resources": ["arn:aws:rds:*:*:db:*-postgres"]}, "the asterisk must be at the end"),
        ({"Resources": [f"arn:aws:rds:*:*:db:{number}*" for number in range(31)]}, "too many ARNs"),
        (
            {"Conditions": {"StringEquals": [{"ConditionKey": "backup-plan", "ConditionValue": "x"}]}},
            "backup-plan must begin with aws:ResourceTag/",
        ),
    ],
)
def test_a_selection_that_is_not_valid_is_refused(
    backup: Any, client: Client, selection: dict[str, Any], says: str
) -> None:
    role = create_role(client("iam"), f"limits-{abs(hash(says))}")
    with pytest.raises(ClientError, match="InvalidParameterValueException") as caught:
        _select(backup, role, **selection)
    assert says in str(caught.value)


def test_a_role_must_trust_aws_backup_and_may_read_tags(backup: Any, client: Client) -> None:
    with pytest.raises(ClientError, match=r"IAM Role .*other cannot be assumed by AWS Backup"):
        _select(backup, create_role(client("iam"), "other", service="lambda.amazonaws.com"))
    with pytest.raises(ClientError, match=r"is not authorized to call tag:GetResources"):
        _select(backup, create_role(client("iam"), "blind", action="rds:*"))


def test_a_valid_selection_is_made_once(backup: Any, client: Client) -> None:
    role = create_role(client("iam"), "backup-role")
    plan = _select(backup, role, Resources=["arn:aws:rds:*:*:cluster:*", "*"])
    with pytest.raises(ClientError, match="AlreadyExistsException"):
        _select(backup, role, plan=plan)


def test_the_policy_of_a_vault_has_no_wildcard_in_an_action(backup: Any) -> None:
    statement = {"Effect": "Deny", "Principal": "*", "Action": "backup:Delete*", "Resource": "*"}
    with pytest.raises(ClientError, match=r"does not support a wildcard in backup:Delete\*"):
        backup.put_backup_vault_access_policy(BackupVaultName=VAULT, Policy=json.dumps({"Statement": [statement]}))


@pytest.mark.parametrize("name", ["x", "x" * 51, "my.vault"])
def test_a_vault_needs_a_valid_name(backup: Any, name: str) -> None:
    with pytest.raises(ClientError, match="Invalid backup vault name"):
        backup.create_backup_vault(BackupVaultName=name)


def _select(backup: Any, role: str, *, plan: str | None = None, **selection: Any) -> str:
    """Add a selection to a plan, a new one unless there is one."""
    if plan is None:
        name = f"plan-{abs(hash((role, str(selection))))}"
        rule = {"RuleName": "daily", "TargetBackupVaultName": VAULT}
        plan = str(backup.create_backup_plan(BackupPlan={"BackupPlanName": name, "Rules": [rule]})["BackupPlanId"])
    chosen = {"SelectionName": "databases", "IamRoleArn": role, "Resources": ["*"], **selection}
    backup.create_backup_selection(BackupPlanId=plan, BackupSelection=chosen)
    return plan
