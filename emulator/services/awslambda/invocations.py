"""AWS Lambda: calls of functions, which moto answers with nothing, or by Docker."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any, Final

from moto.awslambda.exceptions import UnknownFunctionException
from moto.awslambda.models import LambdaFunction, lambda_backends

from emulator.errors import AwsError
from emulator.functions import asynchronous
from emulator.functions.calls import CALLS, prepare
from emulator.registry import REGISTRY, Context, operation, patch
from emulator.services.servicequotas import applied_value

if TYPE_CHECKING:
    from emulator.store import Shape

_CONCURRENCY: Final = "L-B99A9384"
# Each call keeps a thread of the server while it waits, and the function's own calls need some, too.
_MOST_CALLS: Final = 12
_LOG_TAIL_BYTES: Final = 4096
_MOST_PAYLOAD_BYTES: Final = {"RequestResponse": 6 * 1024 * 1024, "Event": 1024 * 1024}


@operation("lambda", "Invoke")
def invoke(params: Shape, context: Context) -> Shape:
    """Run the function's code in a process of its own.

    https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
    """
    kind = params.get("InvocationType") or "RequestResponse"
    payload = _payload(params, kind)
    with REGISTRY.lock:
        function = _function(params, context)
        if kind == "DryRun":
            return {"StatusCode": 204}
        _refuse_stopped(function)
        if kind == "RequestResponse":
            _refuse_too_many(context)
        call = prepare(function, payload)
    if kind == "Event":
        asynchronous.start(function, payload, call)
        return {"StatusCode": 202, "Payload": b""}
    outcome = call.run()
    answer: Shape = {"StatusCode": 200, "ExecutedVersion": str(function.version), "Payload": outcome.payload}
    if outcome.failed:
        answer["FunctionError"] = "Unhandled"
    if params.get("LogType") == "Tail":
        answer["LogResult"] = base64.b64encode(call.log_text(outcome).encode()[-_LOG_TAIL_BYTES:]).decode()
    return answer


@patch(LambdaFunction, "invoke")
def invoke_for_service(_: Any, function: Any, body: str | bytes, *args: Any, **kwargs: Any) -> bytes:
    """Run a function that another service of moto calls; that has the lock, so the code runs afterwards."""
    del args, kwargs
    payload = body if isinstance(body, bytes) else str(body or "{}").encode()
    asynchronous.start(function, payload, prepare(function, payload))
    return b""


def _payload(params: Shape, kind: str) -> bytes:
    payload = params.get("Payload") or b"{}"
    payload = payload.encode() if isinstance(payload, str) else bytes(payload)
    most = _MOST_PAYLOAD_BYTES.get(kind)
    # https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html#function-configuration-deployment-and-execution
    if most is not None and len(payload) > most:
        message = f"{len(payload)} byte payload is too large for the {kind} invocation type (limit {most} bytes)"
        raise AwsError(code="RequestTooLargeException", message=message)
    try:
        json.loads(payload)
    except ValueError as error:
        message = f"Could not parse request body into json: {error}"
        raise AwsError(code="InvalidRequestContentException", message=message) from error
    return payload


def _function(params: Shape, context: Context) -> Any:
    name, qualifier = params["FunctionName"], params.get("Qualifier")
    try:
        return context.backend(lambda_backends).get_function(name, qualifier)
    except UnknownFunctionException as error:
        named = name if name.startswith("arn:") else context.arn(f"function:{name}")
        arn = f"{named}:{qualifier}" if qualifier else named
        raise AwsError(code="ResourceNotFoundException", message=f"Function not found: {arn}") from error


def _refuse_stopped(function: Any) -> None:
    """Refuse to call a function that has reserved no concurrency.

    https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
    """
    if function.reserved_concurrency is not None and int(function.reserved_concurrency) == 0:
        raise AwsError(code="TooManyRequestsException", message="Rate Exceeded.")


def _refuse_too_many(context: Context) -> None:
    """Refuse calls over the account's limit; events wait instead (the same page)."""
    limit = int(applied_value("lambda", _CONCURRENCY, context) or 0)
    if CALLS.count(context.account) >= limit or CALLS.count() >= _MOST_CALLS:
        raise AwsError(code="TooManyRequestsException", message="Rate Exceeded.")
