"""Restore drills: the newest copies come up in the second region, are read and judged, and are deleted again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs import Construct

from modules.network.flow_logs import FlowLogs
from modules.recovery.backup_vault import vault_arn
from modules.recovery.drill_network import DrillNetwork
from modules.recovery.drill_plan import DrillPlan
from modules.recovery.restore_check import RestoreCheck
from modules.recovery.restore_reader import RestoreReader
from modules.recovery.restore_role import create_restore_role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from config.database_roles import DatabaseRole
    from config.logs import LogSettings
    from config.recovery_drills import DrillSettings
    from config.recovery_targets import CopyTargets
    from modules.key import Key
    from modules.label import Label
    from modules.topic import Topics

DRILLS_KEY: Final = "recovery-drills"
"""Component of the alias of the key of all of this but the restored data."""
_FLOW_LOGS: Final = "drills-vpc-flow-logs"
"""The network that serves in the same region has flow logs, too."""


class RestoreDrills(Construct):
    """The plan and its network, the role that restores, the function that reads, and the one that judges."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        config: DrillSettings,
        targets: CopyTargets,
        label: Label,
        roles: Mapping[str, Sequence[DatabaseRole]],
        copies_key_arn: str,
        key: Key,
        logs: LogSettings,
        topics: Topics,
    ) -> None:
        """Create all of it.

        Args:
            config: When, where, how.
            targets: What the alarms compare with.
            label: Names it, in the second region.
            roles: The roles of each database; empty if there is no such database.
            copies_key_arn: Of the key of the copies.
            key: Encrypts logs, events and variables.
            logs: How long logs are kept.
            topics: Those of the second region.
        """
        super().__init__(scope, id_)
        engines = [engine for engine, found in roles.items() if found]
        self.network = DrillNetwork(self, "network", config=config, label=label, engines=engines)
        FlowLogs(
            self,
            "flow-logs",
            retention_days=logs.flow_log_retention_days,
            label=label,
            vpc=self.network,
            key=key,
            name=_FLOW_LOGS,
        )
        self.reader = RestoreReader(
            self,
            "reader",
            label=label,
            network=self.network,
            engines=engines,
            documentdb_databases=[role.name for role in roles["documentdb"] if role.access == "read_write"],
            key=key,
            log_retention_days=logs.function_retention_days,
        )
        role = create_restore_role(
            self,
            "role",
            label=label,
            key_arn=copies_key_arn,
            subnet_groups=[self.network.subnet_group(engine) for engine in engines],
        )
        self.plan = DrillPlan(
            self,
            "plan",
            config=config,
            label=label,
            engines=engines,
            vault_arn=vault_arn(label, region=label.region),
            role_arn=role.arn,
            network=self.network,
            after=[*role.dependables, *self.reader.rules],
        )
        self.check = RestoreCheck(
            self,
            "check",
            config=config,
            targets=targets,
            label=label,
            engines=engines,
            plan_arn=self.plan.arn,
            network=self.network,
            reader=self.reader,
            copies_key_arn=copies_key_arn,
            key=key,
            log_retention_days=logs.function_retention_days,
            topics=topics,
        )
