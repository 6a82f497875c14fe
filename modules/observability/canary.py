"""A canary of CloudWatch Synthetics, which asks for a page of the site from outside, and the alarm on its failures."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cdktf import Fn
from cdktf_cdktf_provider_aws.synthetics_canary import (
    SyntheticsCanary,
    SyntheticsCanaryRunConfig,
    SyntheticsCanarySchedule,
)
from constructs import Construct

from modules.alarm import Alarm, Comparison, MissingData
from modules.function_code import write_code, zip_files
from modules.label import Label, NameLimit
from modules.log_group import LogGroup
from modules.metric import Metric
from modules.policy import Condition, Statement
from modules.role import Role, ServicePrincipal
from modules.runbook import Runbook
from modules.topic import Severity

if TYPE_CHECKING:
    from config.canaries import CanarySettings
    from modules.key import Key
    from modules.observability.canary_results import CanaryResults
    from modules.topic import Topics

_SCRIPT: Final = Path(__file__).parent.parent.parent / "canaries" / "http_check.py"
_NAMESPACE: Final = "CloudWatchSynthetics"
# Synthetics looks for Python in this folder of the zip:
# https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_CanaryCodeInput.html
_PYTHON: Final = "python/"
# Less than the shortest interval, and more than the longest timeout of a request with the start of the runtime.
_RUN_SECONDS: Final = 55
# The smallest; the script needs no browser: https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_CanaryRunConfigInput.html
_MEMORY_MIB: Final = 960
# https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_CreateCanary.html
_MOST_RETENTION_DAYS: Final = 455
_ALL_GOOD: Final = 100
_SECONDS_PER_MINUTE: Final = 60
_HASH_LENGTH: Final = 12
_FUNCTION_PART: Final = 6  # of arn:aws:lambda:REGION:ACCOUNT:function:NAME:VERSION


class Canary(Construct):
    """A canary with a role, a folder in the bucket of results, a log group and an alarm.

    Its code is `canaries/http_check.py`. The zip is beside the stack's JSON.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        config: CanarySettings,
        label: Label,
        name: str,
        host: str,
        expected_status: int,
        runtime: str,
        results: CanaryResults,
        results_days: int,
        key: Key,
        log_retention_days: int,
        topics: Topics,
    ) -> None:
        """Create the canary.

        Args:
            config: What it asks for, and how often.
            label: Names it.
            name: Its name in the settings.
            host: The name of the site.
            expected_status: The status that the answer must have now.
            runtime: Version of the runtime of Synthetics.
            results: The bucket of its results.
            results_days: Days that they are kept.
            key: Encrypts its log.
            log_retention_days: Days that the log is kept.
            topics: Whom the alarm notifies.
        """
        super().__init__(scope, id_)
        full_name = label.name(name, limit=NameLimit.CANARY)
        function = label.canary_function(full_name)
        self.role = Role(
            self,
            "role",
            label=label,
            name=f"{name}-canary",
            service=ServicePrincipal.LAMBDA,
            description=f"The canary {name} stores its results with it",
        )
        results.grant_store(self.role, prefix=f"{name}/")
        self.role.add_to_policy(
            # Not logs:CreateLogGroup: the group would have no retention and no key. Until Terraform has created it,
            # which is seconds after the canary, Lambda drops what the first run logs.
            Statement(
                actions=("logs:CreateLogStream", "logs:PutLogEvents"),
                resources=(label.arn("logs", f"log-group:/aws/lambda/{function}*"),),
            ),
            # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries_CanaryPermissions.html
            Statement(actions=("s3:ListAllMyBuckets",), resources=("*",)),
            Statement(
                actions=("cloudwatch:PutMetricData",),
                resources=("*",),
                conditions=(Condition(operator="StringEquals", key="cloudwatch:namespace", values=(_NAMESPACE,)),),
            ),
        )
        code = zip_files({f"{_PYTHON}{_SCRIPT.name}": _SCRIPT.read_bytes()})
        # Only another path uploads the code again, and AWS wants the code with another runtime:
        # https://github.com/hashicorp/terraform-provider-aws/issues/18089
        # https://github.com/hashicorp/terraform-provider-aws/issues/46792
        version = hashlib.sha256(code + runtime.encode()).hexdigest()[:_HASH_LENGTH]
        run_days = min(results_days, _MOST_RETENTION_DAYS)
        self._canary = SyntheticsCanary(
            self,
            "Default",
            name=full_name,
            artifact_s3_location=f"s3://{results.id}/{name}",
            execution_role_arn=self.role.arn,
            handler=f"{_SCRIPT.stem}.handler",
            zip_file=write_code(self, f"{name}-canary-{version}.zip", code),
            runtime_version=runtime,
            schedule=SyntheticsCanarySchedule(expression=_rate(config.interval_minutes)),
            run_config=SyntheticsCanaryRunConfig(
                timeout_in_seconds=_RUN_SECONDS,
                memory_in_mb=_MEMORY_MIB,
                active_tracing=False,  # the sampling rules of the service decide
                environment_variables={
                    "CANARY_URL": f"https://{host}{config.path}",
                    "EXPECTED_STATUS": str(expected_status),
                    # The page of a maintenance, or of another error, does not have it.
                    "EXPECTED_TEXT": config.text or "" if expected_status == config.expected_status else "",
                    "TIMEOUT_SECONDS": str(config.timeout_seconds),
                },
            ),
            success_retention_period=run_days,
            failure_retention_period=run_days,
            start_canary=True,
            delete_lambda=True,
            depends_on=[*self.role.dependables, *results.dependables],
        )
        # The function's name ends in an id that AWS chooses; its ARN, in a version that grows with each change.
        suffix = Fn.replace(Fn.element(Fn.split(":", self._canary.engine_arn), _FUNCTION_PART), function, "")
        LogGroup(
            self,
            "logs",
            label=label,
            name=f"/aws/lambda/{function}{suffix}",
            retention_days=log_retention_days,
            key=key,
        )
        self.success_percent = Metric(
            namespace=_NAMESPACE,
            name="SuccessPercent",
            statistic="Average",
            dimensions={"CanaryName": self._canary.name},
            region=label.region,
            period_seconds=config.interval_minutes * _SECONDS_PER_MINUTE,
        )
        """Share of its runs that succeeded: 100 or 0, with one run in each period."""
        self.alarm = Alarm(
            self,
            "alarm",
            label=label,
            name=f"{name}-canary",
            description=(
                f"{config.failed_runs} runs in a row of the canary {name} failed: {host}{config.path} does not answer "
                "as expected"
            ),
            metric=self.success_percent,
            threshold=_ALL_GOOD,
            comparison=Comparison.BELOW,
            periods=config.failed_runs,
            severity=Severity.CRITICAL,
            missing_data=MissingData.BREACHING,  # a canary that does not run any more would report nothing for ever
            runbook=Runbook.CANARY_FAILURE,
            topics=topics,
            fires_asleep=True,
        )

    @property
    def name(self) -> str:
        """Name of the canary, for metrics."""
        return self._canary.name


def _rate(minutes: int) -> str:
    """The schedule, as AWS writes it back.

    https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_CanaryScheduleInput.html
    """
    if minutes == 1:
        return "rate(1 minute)"
    return "rate(1 hour)" if minutes == _SECONDS_PER_MINUTE else f"rate({minutes} minutes)"
