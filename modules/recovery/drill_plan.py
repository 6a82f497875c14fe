"""What AWS Backup restores in drills, when, and how."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.backup_restore_testing_plan import (
    BackupRestoreTestingPlan,
    BackupRestoreTestingPlanRecoveryPointSelection,
)
from cdktf_cdktf_provider_aws.backup_restore_testing_selection import BackupRestoreTestingSelection
from constructs import Construct

from config.recovery_drills import START_HOURS, VALIDATION_HOURS
from modules.label import Label, NameLimit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cdktf import TerraformResource

    from config.recovery_drills import DrillSettings
    from modules.recovery.drill_network import DrillNetwork

RESOURCE_TYPES: Final = {"postgres": "RDS", "documentdb": "DocumentDB"}
"""AWS Backup's types of resource."""
_WINDOW_DAYS: Final = 7
"""The newest copy of so many days is restored; that it is not too old is what the alarms on its age are for."""
_ALL: Final = "*"
_YES, _NO = "true", "false"


class DrillPlan(Construct):
    """A restore testing plan with a selection for each database: the newest copy in the vault of this environment.

    A selection has all resources of its type, because the vault has no others, and a copy's resource is not the same
    everywhere in AWS's documentation: the database, or the snapshot that was copied.

    What is restored is small, in one zone, not public, and in the network of the drills. Deletion protection is off,
    as AWS Backup infers: https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-inferred-metadata.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        config: DrillSettings,
        label: Label,
        engines: Sequence[str],
        vault_arn: str,
        role_arn: str,
        network: DrillNetwork,
        after: Sequence[TerraformResource] = (),
    ) -> None:
        """Create the plan and its selections.

        Args:
            config: When it runs, and the class of PostgreSQL.
            label: Names it.
            engines: `postgres`, `documentdb`: what is restored.
            vault_arn: The vault with the copies, in the same region.
            role_arn: Of the role that restores.
            network: Where it is restored.
            after: The policy of the role, and what watches the drills.
        """
        super().__init__(scope, id_)
        # Letters, digits and underscores only, and another name would be another plan:
        # https://docs.aws.amazon.com/aws-backup/latest/devguide/API_RestoreTestingPlanForCreate.html
        self._plan = BackupRestoreTestingPlan(
            self,
            "Default",
            name=_name(label, "drills"),
            schedule_expression=config.schedule,
            schedule_expression_timezone="Etc/UTC",
            start_window_hours=START_HOURS,
            recovery_point_selection=[
                BackupRestoreTestingPlanRecoveryPointSelection(
                    algorithm="LATEST_WITHIN_WINDOW",
                    include_vaults=[vault_arn],
                    recovery_point_types=["SNAPSHOT"],
                    selection_window_days=_WINDOW_DAYS,
                )
            ],
        )
        overrides = {"postgres": _instance(config), "documentdb": _cluster(network)}
        for engine in engines:
            BackupRestoreTestingSelection(
                self,
                f"{engine}-selection",
                name=_name(label, engine),
                restore_testing_plan_name=self._plan.name,
                protected_resource_type=RESOURCE_TYPES[engine],
                protected_resource_arns=[_ALL],
                iam_role_arn=role_arn,
                validation_window_hours=VALIDATION_HOURS,
                restore_metadata_overrides={
                    "dbSubnetGroupName": network.subnet_group(engine),
                    # A list is text of JSON, by the same page.
                    "vpcSecurityGroupIds": json.dumps([network.groups[engine].id]),
                    **overrides[engine],
                },
                depends_on=list(after) or None,
            )

    @property
    def arn(self) -> str:
        """ARN of the plan, which its jobs name."""
        return self._plan.arn


def _instance(config: DrillSettings) -> Mapping[str, str]:
    return {
        "dbInstanceClass": config.postgres_class,
        "enableIamDatabaseAuthentication": _YES,
        "multiAz": _NO,
        "publiclyAccessible": _NO,
    }


def _cluster(network: DrillNetwork) -> Mapping[str, str]:
    """Without a class: the function that validates gives it an instance. DocumentDB needs no switch for IAM.

    AWS Backup would choose zones at random, and the subnets are in two.
    """
    return {"availabilityZones": json.dumps(network.zone_names)}


def _name(label: Label, component: str) -> str:
    return label.name(component, limit=NameLimit.BACKUP).replace("-", "_")
