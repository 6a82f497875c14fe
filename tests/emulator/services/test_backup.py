from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.backup_role import create_role

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

ROLE = "arn:aws:iam::123456789012:role/backup"


def plan(name: str, vault: str, rule: str = "daily") -> dict[str, Any]:
    return {"BackupPlanName": name, "Rules": [{"RuleName": rule, "TargetBackupVaultName": vault}]}


def test_a_plan_into_an_unknown_vault_is_refused(client: Client) -> None:
    with pytest.raises(
        ClientError,
        match=r"InvalidParameterValueException.*Error in rule daily : Backup vault none does not exist",
    ):
        client("backup").create_backup_plan(BackupPlan=plan("lost", "none"))


def test_a_vault_with_an_unknown_key_is_refused(client: Client) -> None:
    key = "arn:aws:kms:us-east-1:123456789012:key/none"

    with pytest.raises(ClientError, match=f"The specified KMS key does not exist: {key}"):
        client("backup").create_backup_vault(BackupVaultName="locked", EncryptionKeyArn=key)


def test_a_selection_of_an_unknown_plan_is_refused(client: Client) -> None:
    with pytest.raises(ClientError, match=r"ResourceNotFoundException.*Cannot find Backup plan with ID none"):
        client("backup").create_backup_selection(
            BackupPlanId="none", BackupSelection={"SelectionName": "all", "IamRoleArn": ROLE}
        )


def test_a_plan_is_changed_and_cannot_be_deleted_with_selections(client: Client) -> None:
    backup = client("backup")
    backup.create_backup_vault(BackupVaultName="plans")
    identifier = backup.create_backup_plan(BackupPlan=plan("kept", "plans"))["BackupPlanId"]
    selection = {"SelectionName": "all", "IamRoleArn": create_role(client("iam"), "plans"), "Resources": ["*"]}
    chosen = backup.create_backup_selection(BackupPlanId=identifier, BackupSelection=selection)["SelectionId"]
    backup.update_backup_plan(BackupPlanId=identifier, BackupPlan=plan("kept", "plans", rule="nightly"))

    found = backup.get_backup_plan(BackupPlanId=identifier)["BackupPlan"]
    assert found["Rules"][0]["RuleName"] == "nightly"
    listed = backup.list_backup_selections(BackupPlanId=identifier)["BackupSelectionsList"]
    assert [one["SelectionName"] for one in listed] == ["all"]
    with pytest.raises(ClientError, match="selections must be deleted prior to backup plan deletion"):
        backup.delete_backup_plan(BackupPlanId=identifier)
    backup.delete_backup_selection(BackupPlanId=identifier, SelectionId=chosen)
    with pytest.raises(ClientError, match="Cannot find Backup plan selection"):
        backup.get_backup_selection(BackupPlanId=identifier, SelectionId=chosen)
    backup.delete_backup_plan(BackupPlanId=identifier)


def test_a_vault_has_a_policy_and_tags(client: Client) -> None:
    backup = client("backup")
    arn = backup.create_backup_vault(BackupVaultName="shared", BackupVaultTags={"a": "1"})["BackupVaultArn"]
    backup.put_backup_vault_access_policy(BackupVaultName="shared", Policy="{}")
    backup.tag_resource(ResourceArn=arn, Tags={"b": "2"})
    backup.untag_resource(ResourceArn=arn, TagKeyList=["a"])

    assert backup.get_backup_vault_access_policy(BackupVaultName="shared")["Policy"] == "{}"
    assert backup.list_tags(ResourceArn=arn)["Tags"] == {"b": "2"}
    backup.delete_backup_vault_access_policy(BackupVaultName="shared")
    with pytest.raises(ClientError, match="Cannot find access policy for Backup vault shared"):
        backup.get_backup_vault_access_policy(BackupVaultName="shared")
    with pytest.raises(ClientError, match="Backup vault none not found"):
        backup.put_backup_vault_access_policy(BackupVaultName="none", Policy="{}")
