"""A vault keeps its backups as long as the plan says: its policy and its lock refuse to end one early."""

from __future__ import annotations

from dataclasses import replace

from config.backup_plan import BackupPlanSettings
from modules.policy import Statement
from modules.recovery.backup_vault import BackupVault, vault_arn, vault_name
from modules.role import Role, ServicePrincipal
from tests.template import LABEL, Template, new_stack, statements

KEY = "arn:aws:kms:us-east-1:444444444444:key/k"


def made(*, protect: bool = True, lock_after_days: int | None = None) -> Template:
    stack = new_stack()
    config = BackupPlanSettings(daily_days=7, weekly_days=35, monthly_days=365, lock_after_days=lock_after_days)
    BackupVault(stack, "vault", config=config, label=LABEL, key_arn=KEY, protect=protect)
    return Template.of(stack)


def test_a_protected_vault_cannot_be_destroyed_and_denies_everyone_to_end_a_backup_early() -> None:
    template = made()
    vault = template.only("aws_backup_vault", name="user-management-test-recovery", kms_key_arn=KEY)
    assert (vault["force_destroy"], vault["lifecycle"]) == (False, {"prevent_destroy": True})
    (denied,) = statements(template.only("aws_backup_vault_policy")["policy"])
    assert (denied["Effect"], denied["Principal"], denied["Resource"]) == ("Deny", "*", "*")
    assert set(denied["Action"]) == {
        "backup:DeleteRecoveryPoint",
        "backup:DisassociateRecoveryPoint",
        "backup:PutBackupVaultAccessPolicy",
        "backup:UpdateRecoveryPointLifecycle",
    }
    assert "Condition" not in denied


def test_another_policy_is_made_by_a_deletion_because_the_policy_denies_its_update() -> None:
    template = made()
    policy = template.only("aws_backup_vault_policy")
    (denied,) = statements(policy["policy"])
    trigger = template.only("terraform_data")
    assert "backup:DeleteBackupVaultAccessPolicy" not in denied["Action"]
    assert trigger["triggers_replace"] == {"denied": ", ".join(denied["Action"])}
    (by,) = policy["lifecycle"]["replace_triggered_by"]
    assert by.startswith("terraform_data.vault_denied_")


def test_an_unprotected_vault_is_emptied_when_it_is_destroyed() -> None:
    template = made(protect=False)
    vault = template.only("aws_backup_vault")
    assert vault["force_destroy"] is True
    assert "lifecycle" not in vault
    assert template.all("aws_backup_vault_policy") == {}


def test_a_lock_allows_what_the_rules_keep() -> None:
    lock = made(lock_after_days=3).only("aws_backup_vault_lock_configuration")
    assert (lock["changeable_for_days"], lock["min_retention_days"], lock["max_retention_days"]) == (3, 7, 365)
    assert made().all("aws_backup_vault_lock_configuration") == {}
    assert made(protect=False, lock_after_days=3).all("aws_backup_vault_lock_configuration") == {}


def test_the_role_of_its_backups_is_destroyed_after_it() -> None:
    stack = new_stack()
    role = Role(stack, "role", label=LABEL, description="Backs up", service=ServicePrincipal.BACKUP)
    role.add_to_policy(Statement(actions=("rds:DeleteDBSnapshot",), resources=("*",)))
    config = BackupPlanSettings()
    BackupVault(stack, "vault", config=config, label=LABEL, key_arn=KEY, protect=False, after=role.dependables)
    assert Template.of(stack).only("aws_backup_vault")["depends_on"][0].startswith("aws_iam_role_policy.")


def test_the_arn_in_another_region_follows_from_the_name() -> None:
    elsewhere = replace(LABEL, region="us-west-2")
    arn = vault_arn(LABEL, region="us-west-2")
    assert arn == f"arn:aws:backup:us-west-2:444444444444:backup-vault:{vault_name(elsewhere)}"


def test_the_longest_names_are_within_the_limit_of_aws_backup() -> None:
    longest = replace(LABEL, project="a" * 24, environment="e" * 16)
    assert len(vault_name(longest)) <= 50
    assert vault_name(longest).startswith(longest.prefix)
