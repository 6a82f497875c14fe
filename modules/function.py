"""AWS Lambda functions, each from the Python files of one folder."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.lambda_function import (
    LambdaFunction,
    LambdaFunctionDeadLetterConfig,
    LambdaFunctionEnvironment,
    LambdaFunctionLoggingConfig,
    LambdaFunctionTracingConfig,
)
from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
from constructs import Construct

from modules.alarm import Alarm, MissingData
from modules.key import Key, KeyUse
from modules.label import Label, NameLimit
from modules.log_group import LogGroup
from modules.metric import Metric
from modules.policy import Statement
from modules.role import Role, ServicePrincipal
from modules.runbook import Runbook
from modules.topic import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cdktf import TerraformResource

    from modules.topic import Topics

_RUNTIME: Final = "python3.13"
_LAMBDAS: Final = Path(__file__).parent.parent / "lambdas"
_FOLDER: Final = "lambdas"
_HANDLER: Final = "handler.py"
_PACKAGE: Final = "__init__.py"
# The earliest time that a zip file can have; any constant would do.
_TIME: Final = (1980, 1, 1, 0, 0, 0)
_READABLE: Final = 0o644
_UNIX: Final = 3
# Messages of failed calls are kept for two weeks, the maximum of SQS:
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
_DEAD_LETTER_SECONDS: Final = 14 * 24 * 3600
_FAILED_CALLS_PERIOD_SECONDS: Final = 300


def zip_files(files: Mapping[str, bytes]) -> bytes:
    """A zip of files, whose bytes depend only on the files: no time, no owner, no compression library."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _TIME)
            entry.create_system = _UNIX
            entry.external_attr = _READABLE << 16
            archive.writestr(entry, content)
    return buffer.getvalue()


def write_code(scope: Construct, file: str, content: bytes) -> str:
    """Write code beside the JSON of the stack that `scope` is in, and return its path relative to that."""
    path = f"{_FOLDER}/{file}"
    target = Path(App.of(scope).outdir, "stacks", TerraformStack.of(scope).node.id, path)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return path


def _zip_folder(folder: str, others: Mapping[str, str]) -> tuple[bytes, str]:
    """The zip of a function, and the name of its entry point: one file is a module, several are a package."""
    files = {source.name: source.read_bytes() for source in (_LAMBDAS / folder).glob("*.py")}
    if files.keys() == {_PACKAGE, _HANDLER} and not others:
        return zip_files({_HANDLER: files[_HANDLER]}), "handler.handler"
    files |= {name: text.encode() for name, text in others.items()}
    return zip_files({f"{folder}/{name}": content for name, content in files.items()}), f"{folder}.handler.handler"


class Function(Construct):
    """A function that logs to its own log group and sends events that failed after all retries to a queue.

    It has no reserved concurrency: a new account has a limit of ten, and AWS does not allow any of it to be reserved
    (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html). Code that must not run twice at once has
    to find that out itself.

    Its code is `lambdas/<folder>/handler.py`, with the other files of that folder. The zip is beside the stack's JSON,
    which has its relative path.
    (cdktf's TerraformAsset packs the times and modes of the files, so its bytes differ between machines.)
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        label: Label,
        folder: str,
        description: str,
        variables: Mapping[str, str],
        timeout_seconds: int,
        key: Key,
        logs_key: Key,
        log_retention_days: int,
        topics: Topics,
        severity: Severity = Severity.CRITICAL,
        files: Mapping[str, str] | None = None,
    ) -> None:
        """Create the function with its role, log group and queue.

        Args:
            label: Names it.
            folder: The folder of its code in `lambdas/`.
            description: What it does, in one sentence.
            variables: Its environment variables; no secrets.
            timeout_seconds: The longest time that one call may take.
            key: Encrypts the variables and the queue.
            logs_key: Encrypts its log.
            log_retention_days: Days that the log is kept.
            topics: The topics to notify when a call has failed after all retries.
            severity: How soon a person must react to that.
            files: The text of other files in its package, by name.
        """
        super().__init__(scope, id_)
        self._region = label.region
        component = folder.replace("_", "-")
        code, entry_point = _zip_folder(folder, files or {})
        name = label.name(component, limit=NameLimit.LAMBDA_FUNCTION)
        log = LogGroup(
            self,
            "logs",
            label=label,
            name=f"/aws/lambda/{name}",
            retention_days=log_retention_days,
            key=logs_key,
        )
        self._failed = SqsQueue(
            self,
            "failed",
            name=label.name(f"{component}-failed", limit=NameLimit.SQS_QUEUE),
            message_retention_seconds=_DEAD_LETTER_SECONDS,
            kms_master_key_id=key.arn,
        )
        Alarm(
            self,
            "failed-alarm",
            label=label,
            name=f"{component}-failed",
            description=f"A call of the function {name} failed after all retries; its event is in the queue",
            metric=self.failed_calls,
            threshold=1,
            severity=severity,
            missing_data=MissingData.NOT_BREACHING,  # SQS sends no metrics for a queue that is idle for hours
            runbook=Runbook.DEAD_LETTERS,
            topics=topics,
        )
        self.role = Role(
            self,
            "role",
            label=label,
            name=component,
            service=ServicePrincipal.LAMBDA,
            description=description,
        )
        log.grant_write(self.role)
        # Lambda has a grant on the key for the role that the function was created with; this is for one created again.
        key.grant_decrypt(self.role, KeyUse.variables_of_function(label.arn("lambda", f"function:{name}")))
        key.grant_encrypt_decrypt(self.role, KeyUse.queue())
        self.role.add_to_policy(
            Statement(actions=("sqs:SendMessage",), resources=(self._failed.arn,)),
            # X-Ray has no ARNs: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
            Statement(actions=("xray:PutTraceSegments", "xray:PutTelemetryRecords"), resources=("*",)),
        )
        self._function = LambdaFunction(
            self,
            "Default",
            function_name=name,
            description=description,
            runtime=_RUNTIME,
            architectures=["arm64"],
            handler=entry_point,
            filename=write_code(self, f"{component}.zip", code),
            source_code_hash=base64.b64encode(hashlib.sha256(code).digest()).decode(),
            role=self.role.arn,
            timeout=timeout_seconds,
            environment=LambdaFunctionEnvironment(variables=dict(variables)),
            kms_key_arn=key.arn,
            dead_letter_config=LambdaFunctionDeadLetterConfig(target_arn=self._failed.arn),
            tracing_config=LambdaFunctionTracingConfig(mode="Active"),
            logging_config=LambdaFunctionLoggingConfig(log_format="JSON", log_group=log.name),
            depends_on=[*log.dependables, *self.role.dependables],
        )

    @property
    def name(self) -> str:
        """Name of the function, for metrics."""
        return self._function.function_name

    @cached_property
    def arn(self) -> str:
        """ARN of the function."""
        return self._function.arn

    @property
    def failed_calls(self) -> Metric:
        """How many calls have failed after all retries and are in the queue."""
        return Metric(
            namespace="AWS/SQS",
            name="ApproximateNumberOfMessagesVisible",
            statistic="Maximum",
            dimensions={"QueueName": self._failed.name},
            region=self._region,
            period_seconds=_FAILED_CALLS_PERIOD_SECONDS,
        )

    @property
    def failed_queue_arn(self) -> str:
        """ARN of the queue."""
        return self._failed.arn

    @property
    def dependables(self) -> list[TerraformResource]:
        """What must exist before anything uses it."""
        return [self._function]
