"""What CloudWatch Synthetics refuses of a canary, beyond the limits in botocore's model."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING, Final

from emulator.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.store import Shape

_NAME: Final = re.compile(r"[0-9a-z_-]+")
# A file and a function: https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_CanaryCodeInput.html
_HANDLER: Final = re.compile(r"([0-9a-zA-Z_-]+[/.])*[0-9A-Za-z_-]+(\.|::)[A-Za-z_][A-Za-z0-9_]*")
# The oldest version that is not deprecated, and the newest, of each kind of runtime:
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Runtime_Support_Policy.html
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Library_Nodejs.html
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Library_nodejs_puppeteer.html
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Library_python_selenium.html
_RUNTIMES: Final = {
    "syn-nodejs": ((3, 0), (5, 4)),
    "syn-nodejs-puppeteer": ((8, 0), (15, 0)),
    "syn-python-selenium": ((6, 0), (14, 0)),
}
_RUNTIME: Final = re.compile(r"(?P<kind>syn-[a-z-]+)-(?P<major>\d+)\.(?P<minor>\d+)")
_PYTHON: Final = "syn-python-"
_RATE: Final = re.compile(r"rate\((?P<number>\d+) (?P<unit>minute|minutes|hour)\)")
_UNIT_SECONDS: Final = {"minute": 60, "minutes": 60, "hour": 3600}
_LONGEST_RATE: Final = 3600
_LONGEST_RUN: Final = 840
_MEMORY_STEP: Final = 64
DEFAULT_MEMORY_MB: Final = 1000
"""What AWS itself chooses, although it is no multiple; the provider sends it back with each change of a canary."""
_MOST_RETENTION_DAYS: Final = 455
_MOST_VARIABLE_BYTES: Final = 4096


def refuse(canary: Shape, given: Shape) -> None:
    """Raise the first reason why AWS does not accept a canary.

    Args:
        canary: The canary as it would be.
        given: The members of the call.

    https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_CreateCanary.html
    """
    for problem in _problems(canary, given.get("RunConfig") or {}):
        raise AwsError(code="ValidationException", message=problem)


def refuse_code(code: Shape, runtime: str) -> None:
    """Raise if a zip does not have the script of a handler in the folder of its language.

    https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_CanaryCodeInput.html
    """
    content = code.get("ZipFile")
    if not content or not runtime.startswith(_PYTHON):
        return
    file = "python/" + str(code["Handler"]).rpartition(".")[0] + ".py"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if file not in archive.namelist():
            raise AwsError(code="ValidationException", message=f"The zip file does not contain the script {file}")


def default_timeout_seconds(expression: str) -> int:
    """The frequency of the canary, up to 14 minutes; those if it has none.

    https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_CanaryRunConfigInput.html
    """
    return min(_seconds(expression) or _LONGEST_RUN, _LONGEST_RUN)


def _problems(canary: Shape, run: Shape) -> Iterator[str]:
    for member, value, pattern in (
        ("name", canary["Name"], _NAME),
        ("code.handler", canary["Code"]["Handler"] or "", _HANDLER),
    ):
        if not pattern.fullmatch(value):
            yield (
                f"1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: Member must "
                f"satisfy regular expression pattern: {pattern.pattern}"
            )
    runtime = str(canary["RuntimeVersion"])
    match = _RUNTIME.fullmatch(runtime)
    oldest, newest = _RUNTIMES.get(match["kind"], ((1, 0), (0, 0))) if match else ((1, 0), (0, 0))
    if not match or not oldest <= (int(match["major"]), int(match["minor"])) <= newest:
        yield f"Invalid or deprecated runtime version: {runtime}"
    seconds = _seconds(str(canary["Schedule"]["Expression"]))
    if seconds is None:
        yield f"Invalid schedule expression: {canary['Schedule']['Expression']}"
    timeout = canary["RunConfig"]["TimeoutInSeconds"]
    if seconds and timeout > seconds:
        yield f"The timeout of {timeout} seconds is longer than the frequency of the canary"
    memory = run.get("MemoryInMB", DEFAULT_MEMORY_MB)
    if memory != DEFAULT_MEMORY_MB and memory % _MEMORY_STEP:
        yield f"MemoryInMB must be a multiple of {_MEMORY_STEP}"
    variables = run.get("EnvironmentVariables") or {}
    if sum(len(f"{name}{value}".encode()) for name, value in variables.items()) > _MOST_VARIABLE_BYTES:
        yield f"The environment variables have more than {_MOST_VARIABLE_BYTES} bytes"
    for name in ("SuccessRetentionPeriodInDays", "FailureRetentionPeriodInDays"):
        if (canary.get(name) or 1) > _MOST_RETENTION_DAYS:
            yield f"{name} must be {_MOST_RETENTION_DAYS} or less"


def _seconds(expression: str) -> int | None:
    """Seconds from run to run; 0 for a canary that runs once or by cron, None for an expression that is not valid.

    https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_CanaryScheduleInput.html
    """
    if re.fullmatch(r"cron\([^()]+\)", expression):
        return 0
    match = _RATE.fullmatch(expression)
    if not match:
        return None
    seconds = int(match["number"]) * _UNIT_SECONDS[match["unit"]]
    return seconds if seconds <= _LONGEST_RATE else None
