"""The function that brings each restore test to its end, with the alarms on what the drills show."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.lambda_invocation import LambdaInvocation
from constructs import Construct

from config.copies import MEASURE_MINUTES
from config.recovery_drills import PATIENCE_HOURS
from modules.alarm import Alarm, Comparison, MissingData
from modules.backup_names import DRILL_INSTANCES, RESTORE_GROUPS, RESTORE_TESTS
from modules.boundary import Boundary
from modules.function import Function
from modules.function_events import add_event_rule
from modules.function_schedule import add_schedule
from modules.label import Label, NameLimit
from modules.policy import Condition, Statement
from modules.recovery.copy_metrics import recovery_namespace
from modules.recovery.drill_metrics import AGE, LEFT, MINUTES, drill_metric
from modules.runbook import Runbook
from modules.topic import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cdktf import TerraformResource

    from config.recovery_drills import DrillSettings
    from config.recovery_targets import CopyTargets
    from modules.key import Key
    from modules.recovery.drill_network import DrillNetwork
    from modules.recovery.restore_reader import RestoreReader
    from modules.topic import Topics

RESTORE_CHECK: Final = "restore-check"
"""Component of the names of the function, of its role and of its schedule."""
_FOLDER: Final = "restore_check"
# The longest of Lambda: it waits for the reader, for each database.
_TIMEOUT_SECONDS: Final = 900
_RETRIES: Final = 2
_RETRY_SECONDS: Final = 600
_PERIODS: Final = 2
"""Values that must be too high, or missing: a run that fails once is no alarm."""
_HOURS_PER_DAY: Final = 24
NAMES: Final = {"postgres": "PostgreSQL", "documentdb": "DocumentDB"}


class RestoreCheck(Construct):
    """A function that AWS Backup's events call, and a schedule, because AWS may lose an event.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/event-delivery-level.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        config: DrillSettings,
        targets: CopyTargets,
        label: Label,
        engines: Sequence[str],
        plan_arn: str,
        network: DrillNetwork,
        reader: RestoreReader,
        copies_key_arn: str,
        key: Key,
        log_retention_days: int,
        topics: Topics,
    ) -> None:
        """Create the function, what calls it, and the alarms.

        Args:
            config: What a drill must show.
            targets: How long it may take, and how old it may be.
            label: Names it.
            engines: `postgres`, `documentdb`: what is restored.
            plan_arn: Of the restore testing plan.
            network: Where it is restored.
            reader: The function that reads what was restored.
            copies_key_arn: Of the key that what was restored is encrypted with.
            key: Encrypts its variables, its log and its events.
            log_retention_days: Days that its log is kept.
            topics: Whom it tells what a drill has shown.
        """
        super().__init__(scope, id_)
        self._label, self._topics = label, topics
        self._instances = label.name(DRILL_INSTANCES, limit=NameLimit.DATABASE) + "-"
        told = {
            severity.value: topics.by_severity[severity]
            for severity in (Severity.CRITICAL, Severity.INFO)
            if severity in topics.by_severity
        }
        self.function = Function(
            self,
            "function",
            label=label,
            folder=_FOLDER,
            name=RESTORE_CHECK,
            description="Validates what restore drills have restored, and says what came of it",
            variables={
                "PLAN": plan_arn,
                "READER": reader.function.full_name,
                "STORES": json.dumps(list(engines)),
                "NAMESPACE": recovery_namespace(label),
                "ENVIRONMENT": label.prefix,
                "INSTANCE_PREFIX": self._instances,
                "DOCUMENTDB_CLASS": config.documentdb_class,
                "MINIMUM_ROWS": str(config.minimum_rows),
                "PATIENCE_HOURS": str(PATIENCE_HOURS),
                "TAGS": json.dumps(label.tags),
                "TOPICS": json.dumps({severity: topic.arn for severity, topic in told.items()}),
                "RUNBOOK": Runbook.RESTORE_DRILLS.link,
            },
            timeout_seconds=_TIMEOUT_SECONDS,
            key=key,
            logs_key=key,
            log_retention_days=log_retention_days,
            topics=topics,
            runbook=Runbook.RESTORE_DRILLS,
            boundary=Boundary.RESTORE,
        )
        for topic in told.values():
            topic.grant_publish(self.function.role)
        self._grant(engines, network, reader, copies_key_arn)
        # The alarms take a missing value for an old drill, so the first ones must be there before the alarms.
        first = LambdaInvocation(
            self,
            "first",
            function_name=self.function.name,
            input=json.dumps({"code": self.function.code_hash}),
            depends_on=[*self.function.dependables, *reader.function.dependables, *reader.rules],
        )
        add_schedule(
            self,
            label=label,
            name=RESTORE_CHECK,
            rate=f"rate({MEASURE_MINUTES} minutes)",
            function=self.function,
            event={},
            key=key,
            retries=_RETRIES,
            retry_seconds=_RETRY_SECONDS,
            descriptions=("Validates what restore drills have restored", f"Calls the function {RESTORE_CHECK}"),
            depends_on=(first,),
        )
        self._call_after_restores(plan_arn)
        for engine in engines:
            self._add_alarms(engine, targets, first)

    @property
    def dependables(self) -> list[TerraformResource]:
        """What must be there before a drill."""
        return self.function.dependables

    def _grant(self, engines: Sequence[str], network: DrillNetwork, reader: RestoreReader, copies_key_arn: str) -> None:
        label, role = self._label, self.function.role
        here = Condition(operator="StringEquals", key="aws:RequestedRegion", values=(label.region,))
        via_rds = Condition(
            operator="StringEquals", key="kms:ViaService", values=(f"rds.{label.region}.amazonaws.com",)
        )
        publish = Condition(operator="StringEquals", key="cloudwatch:namespace", values=(recovery_namespace(label),))
        role.add_to_policy(
            # Neither has a resource: it is the plan that the first one asks for.
            # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbackup.html
            Statement(
                sid="ValidateRestores",
                actions=("backup:ListRestoreJobs", "backup:PutRestoreValidationResult"),
                resources=("*",),
                conditions=(here,),
            ),
            Statement(
                sid="PublishMetrics", actions=("cloudwatch:PutMetricData",), resources=("*",), conditions=(publish,)
            ),
            # CloudWatch has no resource for it, and no condition key of its own:
            # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
            Statement(
                sid="ReadDrillMetrics",
                actions=("cloudwatch:GetMetricStatistics",),
                resources=("*",),
                conditions=(here,),
            ),
            Statement(sid="CallReader", actions=("lambda:InvokeFunction",), resources=(reader.function.arn,)),
            Statement(
                sid="DescribeRestored",
                actions=("rds:DescribeDBClusters", "rds:DescribeDBInstances"),
                resources=tuple(label.arn("rds", f"{kind}:*") for kind in ("cluster", "db")),
            ),
        )
        if "documentdb" in engines:
            instances = label.arn("rds", f"db:{self._instances}*")
            group = network.subnet_group("documentdb")
            clusters = (name for name in RESTORE_TESTS if name.startswith("cluster:"))
            groups = (name for name in RESTORE_GROUPS if not name.startswith("cluster-pg:"))
            used = (*clusters, *groups, f"subgrp:{group}")
            role.add_to_policy(
                Statement(
                    sid="AddInstance",
                    actions=("rds:CreateDBInstance",),
                    resources=(instances, *(label.arn("rds", name) for name in used)),
                ),
                Statement(
                    sid="RemoveInstance",
                    actions=("rds:AddTagsToResource", "rds:DeleteDBInstance"),
                    resources=(instances,),
                ),
                # The instance of an encrypted cluster has the cluster's key; RDS takes both rights of who creates it:
                # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Overview.Encryption.Keys.html
                Statement(
                    sid="DescribeCopiesKey",
                    actions=("kms:DescribeKey",),
                    resources=(copies_key_arn,),
                    conditions=(via_rds,),
                ),
                Statement(
                    sid="GrantCopiesKey",
                    actions=("kms:CreateGrant",),
                    resources=(copies_key_arn,),
                    conditions=(
                        via_rds,
                        Condition(operator="Bool", key="kms:GrantIsForAWSResource", values=("true",)),
                    ),
                ),
            )

    def _call_after_restores(self, plan_arn: str) -> None:
        add_event_rule(
            self,
            label=self._label,
            name=RESTORE_CHECK,
            description="Restore tests that have ended",
            pattern={
                "source": ["aws.backup"],
                "detail-type": ["Restore Job State Change"],
                "detail": {"status": ["COMPLETED"], "restoreTestingPlanArn": [plan_arn]},
            },
            function=self.function,
        )

    def _add_alarms(self, engine: str, targets: CopyTargets, first: LambdaInvocation) -> None:
        label, name = self._label, NAMES[engine]
        Alarm(
            self,
            f"{engine}-age-alarm",
            label=label,
            name=f"{engine}-drill-age",
            description=f"No restore drill of {name} in {label.region} has succeeded for {targets.drill_days} days, or "
            "that was not measured",
            metric=drill_metric(label, AGE, engine, region=label.region),
            threshold=targets.drill_days,
            comparison=Comparison.ABOVE,
            periods=_PERIODS,
            severity=Severity.CRITICAL,
            missing_data=MissingData.BREACHING,
            runbook=Runbook.RESTORE_DRILLS,
            topics=self._topics,
            depends_on=[first],
        )
        Alarm(
            self,
            f"{engine}-minutes-alarm",
            label=label,
            name=f"{engine}-restore-minutes",
            description=f"The last restore of {name} in a drill took more than {targets.restore_minutes} minutes",
            metric=drill_metric(label, MINUTES, engine, region=label.region),
            threshold=targets.restore_minutes,
            comparison=Comparison.ABOVE,
            severity=Severity.WARNING,
            missing_data=MissingData.IGNORE,  # until the next drill
            runbook=Runbook.RESTORE_DRILLS,
            topics=self._topics,
            # The message of each drill says how long it took, and the first value is no recovery.
            notifies_recovery=False,
        )
        Alarm(
            self,
            f"{engine}-left-alarm",
            label=label,
            name=f"{engine}-restores-left",
            description=f"A copy of {name} that a drill has restored is still there {_HOURS_PER_DAY} hours later",
            metric=drill_metric(label, LEFT, engine, region=label.region),
            threshold=1,
            severity=Severity.WARNING,
            missing_data=MissingData.NOT_BREACHING,  # the alarm on the age of the drills says that nothing is measured
            runbook=Runbook.RESTORE_DRILLS,
            topics=self._topics,
        )
