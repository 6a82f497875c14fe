"""A plan keeps backups of different days for different times, copies each, and finds the databases by their tags."""

from __future__ import annotations

from typing import Any

from config.backup_plan import BackupPlanSettings
from modules.backup_names import backup_tag
from modules.recovery.backup_plan import BackupPlan
from modules.recovery.backup_vault import BackupVault
from tests.template import LABEL, Template, new_stack

COPIES = "arn:aws:backup:us-west-2:444444444444:backup-vault:user-management-test-recovery"


def made(
    *, copies: str | None = COPIES, has_documentdb: bool = True, protect: bool = False, **settings: Any
) -> Template:
    stack = new_stack()
    config = BackupPlanSettings.model_validate(settings)
    vault = BackupVault(stack, "vault", config=config, label=LABEL, key_arn="arn:key", protect=protect)
    BackupPlan(
        stack,
        "plan",
        config=config,
        label=LABEL,
        vault=vault,
        role_arn="arn:aws:iam::444444444444:role/backup",
        copies_vault_arn=copies,
        has_documentdb=has_documentdb,
    )
    return Template.of(stack)


def rules(template: Template) -> dict[str, dict[str, Any]]:
    return {rule["rule_name"]: rule for rule in template.only("aws_backup_plan")["rule"]}


def test_each_day_sunday_and_first_of_a_month_has_its_rule_at_the_same_hour() -> None:
    found = rules(made(start="03:00", daily_days=7, weekly_days=35, monthly_days=365))
    assert {name: (rule["schedule"], rule["lifecycle"]["delete_after"]) for name, rule in found.items()} == {
        "daily": ("cron(0 3 ? * * *)", 7),
        "weekly": ("cron(0 3 ? * SUN *)", 35),
        "monthly": ("cron(0 3 1 * ? *)", 365),
    }
    assert {rule["schedule_expression_timezone"] for rule in found.values()} == {"Etc/UTC"}


def test_zero_days_is_no_rule() -> None:
    assert set(rules(made(weekly_days=0, monthly_days=0))) == {"daily"}


def test_each_backup_is_copied_and_the_copy_lives_as_long() -> None:
    for rule in rules(made()).values():
        (copy,) = rule["copy_action"]
        assert copy == {"destination_vault_arn": COPIES, "lifecycle": rule["lifecycle"]}


def test_without_a_second_region_nothing_is_copied() -> None:
    assert all("copy_action" not in rule for rule in rules(made(copies=None)).values())


def test_no_backup_is_continuous() -> None:
    assert {rule["enable_continuous_backup"] for rule in rules(made()).values()} == {False}


def test_a_job_starts_within_an_hour_or_expires() -> None:
    rule = rules(made())["daily"]
    assert (rule["start_window"], rule["completion_window"]) == (60, 720)


def test_it_finds_the_databases_of_this_environment_only() -> None:
    selection = made().only("aws_backup_selection")
    assert selection["resources"] == [
        "arn:aws:rds:us-east-1:444444444444:db:user-management-test-*",
        "arn:aws:rds:us-east-1:444444444444:cluster:user-management-test-*",
    ]
    (condition,) = selection["condition"]
    assert {test["key"]: test["value"] for test in condition["string_equals"]} == {
        "aws:ResourceTag/Project": "user-management",
        "aws:ResourceTag/Environment": "test",
        **{f"aws:ResourceTag/{key}": value for key, value in backup_tag(LABEL).items()},
    }


def test_it_is_changed_only_after_the_lock_lets_it() -> None:
    locked = made(protect=True, lock_after_days=3)
    assert "aws_backup_vault_lock_configuration.vault_lock" in str(locked.only("aws_backup_plan")["depends_on"])
    assert made().only("aws_backup_plan")["depends_on"] == ["aws_backup_vault.vault"]


def test_the_region_opts_in_to_documentdb_before_the_selection() -> None:
    template = made()
    settings = template.only("aws_backup_region_settings")
    assert settings["resource_type_opt_in_preference"] == {"DocumentDB": True}
    assert settings["lifecycle"] == {"ignore_changes": ["resource_type_opt_in_preference"]}
    (dependency,) = template.only("aws_backup_selection")["depends_on"]
    assert dependency.startswith("aws_backup_region_settings.")
    assert made(has_documentdb=False).all("aws_backup_region_settings") == {}
