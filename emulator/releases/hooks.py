"""The functions that a deployment calls: each must report its result to CodeDeploy.

https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html
"""

from __future__ import annotations

import json
import time
import uuid
from typing import TYPE_CHECKING, Final

from emulator.errors import AwsError
from emulator.registry import REGISTRY, Context
from emulator.releases.errors import DeploymentError

if TYPE_CHECKING:
    from emulator.releases.deployment import Deployment
    from emulator.store import Shape

_SUCCEEDED: Final = "Succeeded"
_THROTTLED: Final = "TooManyRequestsException"
_THROTTLED_SECONDS: Final = 60.0  # our choice: on a busy machine the functions of others take that long
_RETRY_SECONDS: Final = 0.5


def run(deployment: Deployment, event: str, function: str) -> None:
    """Call the function of a hook, and require that it reports success; the caller must not have the lock.

    AWS waits an hour for a report; here nothing can come any more once the call has ended.

    Raises:
        DeploymentError: There is no such function, or it reports a failure or nothing.
    """
    execution = str(uuid.uuid4())
    with REGISTRY.lock:
        deployment.hooks[execution] = None
    payload = {"DeploymentId": deployment.id, "LifecycleEventHookExecutionId": execution}
    error = _call(deployment, function, payload)
    with REGISTRY.lock:
        status = deployment.hooks[execution]
    if status == _SUCCEEDED:
        return
    if status is None and error is not None:
        raise DeploymentError(
            code="INVALID_LAMBDA_FUNCTION",
            message=f"The Lambda function {function} of the hook {event} could not be called: {error}",
        )
    said = f"reported {status}" if status else "did not report a result in time"
    raise DeploymentError(
        code="HOOK_EXECUTION_FAILURE", message=f"The Lambda function {function} of the hook {event} {said}."
    )


def report(deployment: Deployment, execution: str, status: str) -> None:
    """Store what a function reports.

    Raises:
        AwsError: There is no such execution, or it has a result already.
    """
    if execution not in deployment.hooks:
        raise AwsError(
            code="InvalidLifecycleEventHookExecutionIdException",
            message=f"The lifecycle event hook execution {execution} is not valid",
        )
    if deployment.hooks[execution] is not None:
        raise AwsError(
            code="LifecycleEventAlreadyCompletedException",
            message="An attempt to return the status of an already completed lifecycle event occurred.",
        )
    if status not in {_SUCCEEDED, "Failed"}:
        raise AwsError(
            code="InvalidLifecycleEventHookExecutionStatusException",
            message="The status of the lifecycle event hook execution must be Succeeded or Failed",
        )
    deployment.hooks[execution] = status


def _call(deployment: Deployment, function: str, payload: Shape) -> str | None:
    """Call it as Lambda's API does; return why it could not be called.

    A call that is throttled is repeated, as every SDK of AWS does; for how long CodeDeploy does so is not documented:
    https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
    """
    handlers = REGISTRY.handlers("lambda", "Invoke")
    if handlers is None or handlers.operation is None:
        return "the emulator runs no functions"
    context = Context(
        service="lambda",
        operation="Invoke",
        account=deployment.account,
        region=deployment.region,
        store=REGISTRY.store,
    )
    end = time.monotonic() + _THROTTLED_SECONDS
    while True:
        try:
            handlers.operation({"FunctionName": function, "Payload": json.dumps(payload)}, context)
        except AwsError as error:
            if error.code != _THROTTLED or time.monotonic() > end:
                return f"{error.code}: {error.message}"
            time.sleep(_RETRY_SECONDS)
        else:
            return None
