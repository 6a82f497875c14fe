"""Images that run are scanned again each day, and the released commit is built again each week."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs import Construct

from modules.alarm import Alarm, MissingData
from modules.boundary import Boundary
from modules.delivery.release_metrics import critical_findings, images_namespace, oldest_image_days
from modules.function import Function
from modules.function_schedule import add_schedule
from modules.policy import Condition, Statement
from modules.runbook import Runbook
from modules.topic import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from config.delivery import DeliverySettings
    from modules.delivery.pipeline import Pipeline
    from modules.key import Key
    from modules.label import Label
    from modules.repository import Repository
    from modules.service.cluster import Cluster
    from modules.topic import Topics

_FOLDER: Final = "image_updates"
# A scan takes a minute or two; the call waits for all of them.
_TIMEOUT_SECONDS: Final = 600
# The next day repairs a failed call; until then Lambda itself repeats it twice.
_RETRIES: Final = 2
_RETRY_SECONDS: Final = 3600
_CALL_ID: Final = "<aws.scheduler.execution-id>"
"""https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html"""


class ImageUpdates(Construct):
    """A function that Scheduler calls each day for the scans and each week for the run of the pipeline.

    Its alarms keep their state until the next day's values: a finding stays one until a scan says that it is gone.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        config: DeliverySettings,
        time_zone: str,
        scanning: str,
        label: Label,
        key: Key,
        log_retention_days: int,
        topics: Topics,
        cluster: Cluster,
        repositories: Sequence[Repository],
        pipeline: Pipeline,
    ) -> None:
        """Create the function with its permissions, its schedules and its alarms.

        Args:
            config: The times, and which findings do not concern the services.
            time_zone: On whose clocks the times are.
            scanning: Who scans the registry: "basic" or "enhanced".
            label: Names it.
            key: Encrypts its variables, its log and its events.
            log_retention_days: Days that its log is kept.
            topics: Whom the alarms notify.
            cluster: Runs the images.
            repositories: Those of the services.
            pipeline: Builds them again, if it builds at all.
        """
        super().__init__(scope, id_)
        updates = config.updates
        self._label, self._topics = label, topics
        self._function = Function(
            self,
            "function",
            label=label,
            folder=_FOLDER,
            description="Scans the images that run, and has them built again",
            variables={
                "CLUSTER": cluster.name,
                "REPOSITORIES": " ".join(repository.name for repository in repositories),
                "PIPELINE": pipeline.full_name,
                "NAMESPACE": images_namespace(label),
                "SCANNING": scanning,
                "ALLOWED_FINDINGS": " ".join(config.allowed_findings),
                "REBUILD_ON_FINDINGS": "true" if config.builds and updates.rebuild_on_findings else "false",
            },
            timeout_seconds=_TIMEOUT_SECONDS,
            key=key,
            logs_key=key,
            log_retention_days=log_retention_days,
            topics=topics,
            severity=Severity.WARNING,
            boundary=Boundary.DELIVERY,
        )
        self._grant(cluster, repositories, scanning)
        if config.builds:
            self._function.role.add_to_policy(
                Statement(
                    sid="StartPipeline",
                    actions=(
                        "codepipeline:GetPipelineExecution",
                        "codepipeline:ListActionExecutions",
                        "codepipeline:ListPipelineExecutions",
                        "codepipeline:StartPipelineExecution",
                    ),
                    resources=(pipeline.arn,),
                )
            )
        self._schedule("scan", f"cron(0 {updates.hour} * * ? *)", "Scans the images that run", time_zone, key)
        if config.builds and updates.weekday:
            # Half an hour after the scan, of which the run must not be the second one of a day.
            rate = f"cron(30 {updates.hour} ? * {updates.weekday.upper()} *)"
            self._schedule("rebuild", rate, "Has the released commit built again", time_zone, key)
        self._add_alarms(updates.max_age_days, notifies_findings=scanning == "basic")

    def _schedule(self, action: str, rate: str, description: str, time_zone: str, key: Key) -> None:
        event: Mapping[str, str] = {"action": action, "id": _CALL_ID}
        add_schedule(
            Construct(self, action),
            label=self._label,
            name=f"image-{action}",
            rate=rate,
            time_zone=time_zone,
            function=self._function,
            event=event,
            key=key,
            retries=_RETRIES,
            retry_seconds=_RETRY_SECONDS,
            descriptions=(description, f"Calls the function image-updates for the {action}"),
        )

    def _grant(self, cluster: Cluster, repositories: Sequence[Repository], scanning: str) -> None:
        in_cluster = Condition(operator="ArnEquals", key="ecs:cluster", values=(cluster.arn,))
        starts = ("ecr:StartImageScan",) if scanning == "basic" else ()
        self._function.role.add_to_policy(
            # It names no task: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
            Statement(sid="ListTasks", actions=("ecs:ListTasks",), resources=("*",), conditions=(in_cluster,)),
            Statement(
                sid="ReadTasks",
                actions=("ecs:DescribeTasks",),
                resources=(self._label.arn("ecs", f"task/{cluster.name}/*"),),
            ),
            Statement(
                sid="ScanImages",
                actions=("ecr:DescribeImageScanFindings", "ecr:DescribeImages", *starts),
                resources=tuple(repository.arn for repository in repositories),
            ),
            Statement(
                sid="PublishMetrics",
                actions=("cloudwatch:PutMetricData",),
                resources=("*",),
                conditions=(
                    Condition(
                        operator="StringEquals",
                        key="cloudwatch:namespace",
                        values=(images_namespace(self._label),),
                    ),
                ),
            ),
        )
        if scanning == "enhanced":
            # https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-enhanced-iam.html
            self._function.role.add_to_policy(
                Statement(
                    sid="ReadFindings", actions=("inspector2:ListCoverage", "inspector2:ListFindings"), resources=("*",)
                )
            )

    def _add_alarms(self, max_age_days: int, *, notifies_findings: bool) -> None:
        if notifies_findings:  # those of Inspector are events, which arrive at once: pipeline_messages.py
            Alarm(
                self,
                "findings-alarm",
                label=self._label,
                name="vulnerable-images",
                description="Images that run have critical vulnerabilities; the log of the function image-updates "
                "names them",
                metric=critical_findings(self._label),
                threshold=1,
                severity=Severity.CRITICAL,
                missing_data=MissingData.IGNORE,
                runbook=Runbook.VULNERABLE_IMAGES,
                topics=self._topics,
            )
        Alarm(
            self,
            "age-alarm",
            label=self._label,
            name="old-images",
            description=f"An image that runs was built {max_age_days} days ago, so it has no newer corrections of its "
            "base image",
            metric=oldest_image_days(self._label),
            threshold=max_age_days,
            severity=Severity.WARNING,
            missing_data=MissingData.IGNORE,
            runbook=Runbook.OLD_IMAGES,
            topics=self._topics,
        )
