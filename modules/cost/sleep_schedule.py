"""An environment that sleeps outside of its hours: no tasks, stopped databases, silent alarms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs import Construct

from modules import sleep_metrics
from modules.alarm import Alarm, Comparison, MissingData
from modules.function import Function
from modules.function_schedule import add_schedule
from modules.label import Label, NameLimit
from modules.metric import MetricExpression
from modules.parameter import Parameter
from modules.policy import Condition, Statement
from modules.runbook import Runbook
from modules.topic import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from config.sleep import SleepSettings
    from modules.data.documentdb import Documentdb
    from modules.data.postgres import Postgres
    from modules.key import Key
    from modules.service.cluster import Cluster
    from modules.service.fargate_service import FargateService
    from modules.topic import Topics

_FOLDER: Final = "sleep_schedule"
_NOTHING: Final = "{}"  # an environment that never slept, without a request of a person
_WRITTEN_ONCE: Final = 1  # the function writes all later values
_TIMEOUT_SECONDS: Final = 60
# The next run repairs a failed one, so Scheduler itself does not repeat a call; AWS's shortest age of an event:
# https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html
_RETRIES: Final = 0
_RETRY_SECONDS: Final = 60
_RUNS_IN_HALF_AN_HOUR: Final = 6
_LONGEST_TRANSITION: Final = 90
"""Minutes: an hour in which it waits for a deployment or for databases, and some runs."""


class SleepSchedule(Construct):
    """A function that compares every five minutes what the schedule wants with what there is, and takes the next step.

    Terraform sees no difference while the environment sleeps: the number of tasks is not Terraform's, the bounds of the
    scaling stay, and a stopped database has the same arguments. It cannot change a stopped one, though, so an
    apply is refused meanwhile (`runner/sleeping.py`).
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        config: SleepSettings,
        label: Label,
        key: Key,
        log_retention_days: int,
        topics: Topics,
        regions: Sequence[str],
        cluster: Cluster | None,
        services: Sequence[FargateService],
        postgres: Postgres | None,
        documentdb: Documentdb | None,
    ) -> None:
        """Create the function with its permissions, its schedule and its alarms.

        Args:
            config: When the environment is awake.
            label: Names it.
            key: Encrypts its parameters, its variables and its log.
            log_retention_days: Days that its log is kept.
            topics: The topics of its alarms, which never sleep.
            regions: Those with alarms, the environment's own first.
            cluster: Runs the services; None as long as the environment has no layer `service`.
            services: Whose tasks end.
            postgres: What is stopped after them; None if there is none.
            documentdb: The same.
        """
        super().__init__(scope, id_)
        self.function_name: str = label.name(_FOLDER.replace("_", "-"), limit=NameLimit.LAMBDA_FUNCTION)
        """What people call to sleep or to wake."""
        state, override = (self._parameter(name, label, key) for name in ("state", "override"))
        self._function = Function(
            self,
            "function",
            label=label,
            folder=_FOLDER,
            description="Sends the environment to sleep and wakes it",
            variables={
                "STATE_PARAMETER": state.name,
                "OVERRIDE_PARAMETER": override.name,
                "KEY_ID": key.arn,
                "NAMESPACE": sleep_metrics.sleep_namespace(label),
                "REGIONS": ",".join(regions),
                "CLUSTER": cluster.name if cluster else "",
                "SERVICES": ",".join(service.service_name for service in services),
                "POSTGRES": postgres.identifier if postgres else "",
                "DOCUMENTDB": documentdb.identifier if documentdb else "",
            },
            timeout_seconds=_TIMEOUT_SECONDS,
            key=key,
            logs_key=key,
            log_retention_days=log_retention_days,
            topics=topics,
            files={"settings.json": config.schedule()},
            severity=Severity.WARNING,  # the environment is for working hours, when warnings are read
        )
        for parameter in (state, override):
            parameter.grant_read_write(self._function.role)
        self._function.role.add_to_policy(
            Statement(
                actions=("cloudwatch:PutMetricData",),
                resources=("*",),
                conditions=(
                    Condition(
                        operator="StringEquals",
                        key="cloudwatch:namespace",
                        values=(sleep_metrics.sleep_namespace(label),),
                    ),
                ),
            ),
            *_statements_on_services(services),
            *_statements_on_databases(label, postgres, documentdb),
        )
        add_schedule(
            self,
            label=label,
            name="sleep-steps",
            rate=f"rate({sleep_metrics.RUN_SECONDS // 60} minutes)",
            function=self._function,
            event={"action": "run"},
            key=key,
            retries=_RETRIES,
            retry_seconds=_RETRY_SECONDS,
            descriptions=("Steps of the sleep schedule", "Starts each step of the sleep schedule"),
        )
        self._add_alarms(label, topics)

    def _parameter(self, name: str, label: Label, key: Key) -> Parameter:
        return Parameter(self, name, label=label, key=key, name=f"sleep/{name}", value=_NOTHING, version=_WRITTEN_ONCE)

    def _add_alarms(self, label: Label, topics: Topics) -> None:
        Alarm(
            self,
            "failing-alarm",
            label=label,
            name="sleep-failing",
            description="The sleep schedule has not had a successful run for half an hour",
            # With FILL, or CloudWatch would look for values of older runs for half an hour more.
            metric=MetricExpression(
                expression="FILL(runs, 0)",
                metrics={"runs": sleep_metrics.successful_runs(label)},
                label="Successful runs",
                late_value=0,
            ),
            threshold=1,
            comparison=Comparison.BELOW,
            periods=_RUNS_IN_HALF_AN_HOUR,
            severity=Severity.WARNING,
            missing_data=MissingData.BREACHING,  # each successful run publishes the metric
            runbook=Runbook.SLEEP_SCHEDULE,
            topics=topics,
        )
        Alarm(
            self,
            "transition-alarm",
            label=label,
            name="sleep-transition",
            description=f"The environment has been falling asleep or waking for {_LONGEST_TRANSITION} minutes",
            metric=sleep_metrics.transition_minutes(label),
            threshold=_LONGEST_TRANSITION,
            severity=Severity.WARNING,
            missing_data=MissingData.IGNORE,  # the other alarm reports that there are no runs
            runbook=Runbook.SLEEP_SCHEDULE,
            topics=topics,
        )


def _statements_on_services(services: Sequence[FargateService]) -> Iterator[Statement]:
    if services:
        yield Statement(
            actions=("ecs:DescribeServices", "ecs:UpdateService"), resources=tuple(service.arn for service in services)
        )
        # It acts on ECS with the permissions of the caller, which are those above:
        # https://docs.aws.amazon.com/autoscaling/application/userguide/security_iam_id-based-policy-examples.html
        yield Statement(
            actions=("application-autoscaling:RegisterScalableTarget",),
            resources=tuple(service.scaling.arn for service in services),
        )
        # IAM does not grant what describes on single resources (the same page).
        yield Statement(actions=("application-autoscaling:DescribeScalableTargets",), resources=("*",))


def _statements_on_databases(
    label: Label, postgres: Postgres | None, documentdb: Documentdb | None
) -> Iterator[Statement]:
    """No permission for the key: databases have grants on it since they were created.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.Keys.html
    """
    if postgres:
        yield Statement(
            actions=("rds:DescribeDBInstances", "rds:StartDBInstance", "rds:StopDBInstance"), resources=(postgres.arn,)
        )
    if documentdb:
        yield Statement(
            actions=("rds:DescribeDBClusters", "rds:StartDBCluster", "rds:StopDBCluster"), resources=(documentdb.arn,)
        )
        # The instances of one cluster, by a filter, which IAM does not look at.
        yield Statement(actions=("rds:DescribeDBInstances",), resources=(label.arn("rds", "db:*"),))
