"""AWS Lambda: moto drops some of the configuration, reserves concurrency without a limit, takes code of any size."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any, Final

from moto.awslambda.models import LambdaFunction, lambda_backends

from emulator.errors import AwsError
from emulator.registry import Context, guard, operation, patch
from emulator.services.servicequotas import applied_value

if TYPE_CHECKING:
    from emulator.store import Shape

# What must stay without a reservation, or all of a new account, which can run ten functions at once:
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
_LEAST_UNRESERVED: Final = 100
_CONCURRENCY: Final = "L-B99A9384"
_MOST_ZIP_BYTES: Final = 52_428_800
_MOST_UNPACKED_BYTES: Final = 262_144_000
# 50 MB in Base64.
_MOST_REQUEST_BYTES: Final = 69_905_067
# Members of a configuration that moto neither stores nor returns.
_DROPPED = ("DeadLetterConfig", "LoggingConfig")


@patch(LambdaFunction, "__init__")
def keep_configuration(
    original: Any, function: Any, account_id: str, spec: dict[str, Any], *args: Any, **kwargs: Any
) -> None:
    """Store what moto drops when a function is created."""
    original(function, account_id, spec, *args, **kwargs)
    function.kept_configuration = {member: spec[member] for member in _DROPPED if spec.get(member)}


@patch(LambdaFunction, "update_configuration")
def update_configuration(original: Any, function: Any, config_updates: dict[str, Any]) -> dict[str, Any]:
    """Store what moto drops when a function is changed."""
    function.kept_configuration |= {member: config_updates[member] for member in _DROPPED if member in config_updates}
    updated: dict[str, Any] = original(function, config_updates)
    return updated


@patch(LambdaFunction, "get_configuration")
def return_configuration(original: Any, function: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
    """Return what was stored."""
    returned: dict[str, Any] = original(function, *args, **kwargs)
    return {**returned, **function.kept_configuration}


@guard("lambda", "PutFunctionConcurrency")
def refuse_reservation(params: Shape, context: Context) -> None:
    """Refuse to reserve what the account does not have; zero, which stops a function, is always allowed.

    https://github.com/aws-samples/sample-one-click-generative-ai-solutions/issues/3
    """
    wanted = int(params.get("ReservedConcurrentExecutions") or 0)
    concurrent = int(applied_value("lambda", _CONCURRENCY, context) or 0)
    others = sum(
        int(function.reserved_concurrency or 0)
        for function in context.backend(lambda_backends).list_functions()
        if params["FunctionName"] not in {function.function_name, function.function_arn}
    )
    least = min(_LEAST_UNRESERVED, concurrent)
    if wanted and concurrent - others - wanted < least:
        raise AwsError(
            code="InvalidParameterValueException",
            message=(
                "Specified ReservedConcurrentExecutions for function decreases account's "
                f"UnreservedConcurrentExecution below its minimum value of [{least}]."
            ),
        )


@operation("lambda", "GetAccountSettings")
def read_account_settings(_: Shape, context: Context) -> Shape:
    """Return the region's limits, and how many concurrent executions no function has reserved.

    https://docs.aws.amazon.com/lambda/latest/api/API_GetAccountSettings.html
    """
    functions = context.backend(lambda_backends).list_functions()
    concurrent = int(applied_value("lambda", _CONCURRENCY, context) or 0)
    reserved = sum(int(function.reserved_concurrency or 0) for function in functions)
    return {
        "AccountLimit": {
            "TotalCodeSize": 80_530_636_800,
            "CodeSizeUnzipped": _MOST_UNPACKED_BYTES,
            "CodeSizeZipped": _MOST_ZIP_BYTES,
            "ConcurrentExecutions": concurrent,
            "UnreservedConcurrentExecutions": concurrent - reserved,
        },
        "AccountUsage": {"TotalCodeSize": 0, "FunctionCount": len(functions)},
    }


@guard("lambda", "CreateFunction", "UpdateFunctionCode")
def refuse_large_code(params: Shape, context: Context) -> None:
    """Refuse a zip over 50 MB in the request, and one that unpacks to over 250 MB.

    https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html#function-configuration-deployment-and-execution
    https://github.com/motdotla/node-lambda/issues/123
    https://github.com/aws-samples/serverless-pdf-chat/issues/51
    """
    code = params.get("ZipFile") or (params.get("Code") or {}).get("ZipFile")
    if not code:
        return
    if len(code) > _MOST_ZIP_BYTES:
        message = f"Request must be smaller than {_MOST_REQUEST_BYTES} bytes for the {context.operation} operation"
        raise AwsError(code="RequestEntityTooLargeException", message=message)
    try:
        with zipfile.ZipFile(io.BytesIO(code)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile as error:
        message = "Could not unzip uploaded file. Please check your file, then try to upload again."
        raise AwsError(code="InvalidParameterValueException", message=message) from error
    if unpacked > _MOST_UNPACKED_BYTES:
        message = f"Unzipped size must be smaller than {_MOST_UNPACKED_BYTES} bytes"
        raise AwsError(code="InvalidParameterValueException", message=message)
