"""When AWS Backup backs up which databases, how long, and where the copies go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.backup_plan import (
    BackupPlan as Plan,
)
from cdktf_cdktf_provider_aws.backup_plan import (
    BackupPlanRule,
    BackupPlanRuleCopyAction,
    BackupPlanRuleCopyActionLifecycle,
    BackupPlanRuleLifecycle,
)
from cdktf_cdktf_provider_aws.backup_region_settings import BackupRegionSettings
from cdktf_cdktf_provider_aws.backup_selection import (
    BackupSelection,
    BackupSelectionCondition,
    BackupSelectionConditionStringEquals,
)
from constructs import Construct

from config.backup_plan import START_WINDOW_MINUTES
from modules.backup_names import backup_tag
from modules.label import Label, NameLimit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cdktf import TerraformResource

    from config.backup_plan import BackupPlanSettings
    from modules.recovery.backup_vault import BackupVault

# From the start of a job on; a snapshot that takes longer is given up, and the message on failures says so.
_COMPLETION_MINUTES: Final = 12 * 60


class BackupPlan(Construct):
    """A backup of each day, of each Sunday and of each first of a month, kept for different times, each copied.

    They start at the same hour: where the times of rules overlap, AWS Backup makes one backup, by the rule that keeps
    it longest: https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html

    No continuous backups: they are not copied to another region as such
    (https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery.html), and RDS's own backups can
    restore the databases to any second already.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        config: BackupPlanSettings,
        label: Label,
        vault: BackupVault,
        role_arn: str,
        copies_vault_arn: str | None,
        has_documentdb: bool,
        after: Sequence[TerraformResource] = (),
    ) -> None:
        """Create the plan and what it covers.

        Args:
            config: When it starts, and how long backups are kept.
            label: Names it; has the tags by which databases are found.
            vault: Of its own region, in which the backups are made.
            role_arn: Of the role with which AWS Backup works.
            copies_vault_arn: The vault of the other region; None without copies.
            has_documentdb: Whether there is a cluster of DocumentDB.
            after: The role and its policy, if this stack has them.
        """
        super().__init__(scope, id_)
        hour = int(config.start.partition(":")[0])
        days = {
            "daily": (f"cron(0 {hour} ? * * *)", config.daily_days),
            "weekly": (f"cron(0 {hour} ? * SUN *)", config.weekly_days),
            "monthly": (f"cron(0 {hour} 1 * ? *)", config.monthly_days),
        }
        plan = Plan(
            self,
            "Default",
            name=label.name("databases", limit=NameLimit.BACKUP),
            rule=[
                BackupPlanRule(
                    rule_name=name,
                    target_vault_name=vault.name,
                    schedule=schedule,
                    schedule_expression_timezone="Etc/UTC",
                    start_window=START_WINDOW_MINUTES,
                    completion_window=_COMPLETION_MINUTES,
                    enable_continuous_backup=False,
                    lifecycle=BackupPlanRuleLifecycle(delete_after=kept),
                    copy_action=_copies(copies_vault_arn, kept),
                )
                for name, (schedule, kept) in days.items()
                if kept
            ],
            # A lock that cannot be replaced refuses other retentions: then the plan must stay as it is, too, or all of
            # its jobs fail.
            depends_on=vault.dependables,
        )
        opt_in = [self._opt_in()] if has_documentdb else []
        BackupSelection(
            self,
            "selection",
            name=label.name("databases", limit=NameLimit.BACKUP),
            plan_id=plan.id,
            iam_role_arn=role_arn,
            # A type of resource that is named here is backed up whether the region has opted in to it or not, but for
            # DocumentDB, which has the ARNs of Aurora:
            # https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources-json.html
            resources=[label.arn("rds", f"{kind}:{label.prefix}-*") for kind in ("db", "cluster")],
            condition=[
                BackupSelectionCondition(
                    string_equals=[
                        BackupSelectionConditionStringEquals(key=f"aws:ResourceTag/{key}", value=value)
                        for key, value in (
                            *backup_tag(label).items(),
                            *((tag, label.tags[tag]) for tag in ("Project", "Environment")),
                        )
                    ]
                )
            ],
            depends_on=[*after, *opt_in] or None,
        )

    def _opt_in(self) -> BackupRegionSettings:
        """Let AWS Backup back up DocumentDB in this region, for all environments of the account.

        A destroy leaves it as it is. AWS answers with all types, also those that Terraform does not set, so what comes
        after the creation is ignored, or every plan would have a change.
        """
        return BackupRegionSettings(
            self,
            "opt-in",
            resource_type_opt_in_preference={"DocumentDB": True},
            lifecycle=TerraformResourceLifecycle(ignore_changes=["resource_type_opt_in_preference"]),
        )


def _copies(vault_arn: str | None, days: int) -> list[BackupPlanRuleCopyAction] | None:
    if vault_arn is None:
        return None
    lifecycle = BackupPlanRuleCopyActionLifecycle(delete_after=days)
    return [BackupPlanRuleCopyAction(destination_vault_arn=vault_arn, lifecycle=lifecycle)]
