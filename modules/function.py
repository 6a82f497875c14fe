"""AWS Lambda functions, each from the Python files of one folder."""

from __future__ import annotations

import base64
import hashlib
from functools import cached_property
from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.lambda_function import (
    LambdaFunction,
    LambdaFunctionDeadLetterConfig,
    LambdaFunctionEnvironment,
    LambdaFunctionLoggingConfig,
    LambdaFunctionTracingConfig,
    LambdaFunctionVpcConfig,
)
from constructs import Construct

from modules.boundary import Boundary
from modules.errors import WiringError
from modules.function_code import function_code, write_code
from modules.function_failures import add_failures_queue, failures_metric
from modules.key import Key, KeyUse
from modules.label import Label, NameLimit
from modules.log_group import LogGroup
from modules.network.connections import Connections, SecurityGroup
from modules.policy import Condition, Statement
from modules.role import Role, ServicePrincipal
from modules.runbook import Runbook
from modules.topic import Severity
from synthesis import literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cdktf import TerraformResource
    from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue

    from modules.metric import Metric
    from modules.network.network import WorkloadNetwork
    from modules.topic import Topics

_RUNTIME: Final = "python3.13"
# Lambda's default: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
_MEMORY_MIB: Final = 128
NETWORK_INTERFACES: Final = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
)
"""What Lambda needs of the role to connect a function to a VPC; it looks for them when it creates the function.

EC2 offers the description on all resources only, and with names in the others the function may not get its network:
https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
"""
_DESCRIPTION: Final = "ec2:DescribeNetworkInterfaces"
# The same page, "Security best practices": Lambda makes the interfaces, the code never does.
_NOT_FOR_THE_CODE: Final = (*NETWORK_INTERFACES, "ec2:DetachNetworkInterface")


class Function(Construct):
    """A function that logs to its own log group and sends events that failed after all retries to a queue.

    Without topics it has no queue: for a function whose callers all wait for its answer, and report a failure. Lambda
    neither repeats nor keeps such calls:
    https://docs.aws.amazon.com/lambda/latest/dg/invocation-sync.html

    It has no reserved concurrency: a new account has a limit of ten, and AWS does not allow any of it to be reserved
    (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html). Code that must not run twice at once has
    to find that out itself.

    Its code is `lambdas/<folder>/handler.py`, with the other files of that folder. The zip is beside the stack's JSON,
    which has its relative path.

    With a VPC it is in the private subnets, and reaches only what allows its `connections`: none of AWS's services
    either. The queue of failed calls, the log and the traces are Lambda's own business and need no network.
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
        topics: Topics | None,
        severity: Severity = Severity.CRITICAL,
        runbook: Runbook = Runbook.DEAD_LETTERS,
        files: Mapping[str, str] | None = None,
        name: str | None = None,
        packages: Sequence[str] = (),
        memory_mib: int = _MEMORY_MIB,
        vpc: WorkloadNetwork | None = None,
        describes_interfaces: bool = False,
        boundary: Boundary = Boundary.WORKLOAD,
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
            topics: The topics to notify when a call has failed after all retries; None if every caller waits.
            severity: How soon a person must react to that.
            runbook: What to do first.
            files: The text of other files in its package, by name.
            name: Component of its names, if it is not the folder's.
            packages: What it imports besides what Lambda has.
            memory_mib: Its memory, and its share of a CPU with it.
            vpc: Where it runs, if it connects to something in it.
            describes_interfaces: Whether its code reads the network interfaces in the VPC, as Lambda itself does.
            boundary: The most that its role may do.
        """
        super().__init__(scope, id_)
        self._region = label.region
        component = name or folder.replace("_", "-")
        shown = {file: literal.reveal(text) for file, text in (files or {}).items()}
        code, entry_point = function_code(self, folder, others=shown, packages=packages)
        self.code_hash: str = base64.b64encode(hashlib.sha256(code).digest()).decode()
        """Changes with each file of its package."""
        name = label.name(component, limit=NameLimit.LAMBDA_FUNCTION)
        self.full_name: str = name
        """What people call it by; known before it exists."""
        log = LogGroup(
            self,
            "logs",
            label=label,
            name=f"/aws/lambda/{name}",
            retention_days=log_retention_days,
            key=logs_key,
        )
        self._failed = (
            add_failures_queue(
                self,
                label=label,
                component=component,
                function_name=name,
                key=key,
                topics=topics,
                severity=severity,
                runbook=runbook,
            )
            if topics
            else None
        )
        self.role = Role(
            self,
            "role",
            label=label,
            name=component,
            service=ServicePrincipal.LAMBDA,
            description=description,
            boundary=boundary,
        )
        log.grant_write(self.role)
        # Lambda has a grant on the key for the role that the function was created with; this is for one created again.
        key.grant_decrypt(self.role, KeyUse.variables_of_function(label.arn("lambda", f"function:{name}")))
        if self._failed:
            key.grant_encrypt_decrypt(self.role, KeyUse.queue())
            self.role.add_to_policy(Statement(actions=("sqs:SendMessage",), resources=(self._failed.arn,)))
        self.role.add_to_policy(
            # X-Ray has no ARNs: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
            Statement(actions=("xray:PutTraceSegments", "xray:PutTelemetryRecords"), resources=("*",)),
        )
        self._group = self._join(vpc, label, name, component, describes=describes_interfaces) if vpc else None
        self._function = LambdaFunction(
            self,
            "Default",
            function_name=name,
            description=description,
            runtime=_RUNTIME,
            architectures=["arm64"],
            handler=entry_point,
            filename=write_code(self, f"{component}.zip", code),
            source_code_hash=self.code_hash,
            role=self.role.arn,
            timeout=timeout_seconds,
            memory_size=memory_mib,
            vpc_config=LambdaFunctionVpcConfig(subnet_ids=vpc.private_subnet_ids, security_group_ids=[self._group.id])
            if vpc and self._group
            else None,
            environment=LambdaFunctionEnvironment(variables=dict(variables)),
            kms_key_arn=key.arn,
            dead_letter_config=LambdaFunctionDeadLetterConfig(target_arn=self._failed.arn) if self._failed else None,
            tracing_config=LambdaFunctionTracingConfig(mode="Active"),
            logging_config=LambdaFunctionLoggingConfig(log_format="JSON", log_group=log.name),
            depends_on=[*log.dependables, *self.role.dependables],
        )

    def _join(self, vpc: WorkloadNetwork, label: Label, name: str, component: str, *, describes: bool) -> SecurityGroup:
        """Let Lambda put the function into the network, and nothing else."""
        function = Condition(
            operator="ArnEquals", key="lambda:SourceFunctionArn", values=(label.arn("lambda", f"function:{name}"),)
        )
        self.role.add_to_policy(
            Statement(sid="AllowNetworkInterfaces", actions=NETWORK_INTERFACES, resources=("*",)),
            Statement(
                sid="DenyNetworkInterfacesToCode",
                effect="Deny",
                actions=tuple(one for one in _NOT_FOR_THE_CODE if not (describes and one == _DESCRIPTION)),
                resources=("*",),
                conditions=(function,),
            ),
        )
        return SecurityGroup(
            self, "security-group", label=label, vpc=vpc, name=component, description=f"The function {name}"
        )

    @property
    def connections(self) -> Connections:
        """Adds rules to its security group.

        Raises:
            WiringError: It is in no VPC.
        """
        if self._group is None:
            raise WiringError(self, "it is in no VPC, so it has no security group: pass vpc=")
        return self._group.connections

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
        """How many calls have failed after all retries and are in the queue.

        Raises:
            WiringError: It has no queue.
        """
        return failures_metric(self._queue, region=self._region)

    @property
    def failed_queue_arn(self) -> str:
        """ARN of the queue.

        Raises:
            WiringError: It has none.
        """
        return self._queue.arn

    @property
    def _queue(self) -> SqsQueue:
        if self._failed is None:
            raise WiringError(self, "it has no queue of failed calls: only a call whose caller waits may reach it")
        return self._failed

    @property
    def dependables(self) -> list[TerraformResource]:
        """What must exist before anything uses it."""
        return [self._function]
