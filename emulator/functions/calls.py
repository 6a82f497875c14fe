"""A call of a function: what its process gets, and where its log goes."""

from __future__ import annotations

import json
import secrets
import threading
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from moto.logs.models import logs_backends
from moto.sts.models import sts_backends
from moto.utilities.utils import get_partition

from emulator import address
from emulator.databases.servers import authority
from emulator.errors import EmulatorGapError
from emulator.functions.network import endpoint_variables, place_of
from emulator.functions.packages import PACKAGES
from emulator.functions.process import PROCESSES, Outcome
from emulator.permissions import role_actions
from emulator.registry import REGISTRY

if TYPE_CHECKING:
    from collections.abc import Mapping

QUESTIONS: Final = "/emulator/functions/"
"""Below it, each call has a path at which its process asks about connections."""

_SESSION_SECONDS: Final = 12 * 3600
_LOG_ACTIONS: Final = ("logs:CreateLogStream", "logs:PutLogEvents")
_CREATE_GROUP: Final = "logs:CreateLogGroup"


@dataclass(frozen=True)
class Call:
    """One call, with what it needs of the emulator's state at its start."""

    function: Any
    event: Any
    json_log: bool
    log_group: str
    log_stream: str
    environment: Mapping[str, str]
    folder: str
    request: str = field(default_factory=lambda: str(uuid.uuid4()))
    token: str = field(default_factory=lambda: secrets.token_urlsafe(16))

    def run(self) -> Outcome:
        """Run it and write its log."""
        function = self.function
        sent = {
            "request": self.request,
            "event": self.event,
            "handler": function.handler,
            "code": self.folder,
            "name": function.function_name,
            "version": str(function.version),
            "arn": function.function_arn,
            "memory": str(function.memory_size),
            "timeout": int(function.timeout),
            "log_group": self.log_group,
            "log_stream": self.log_stream,
            "json": self.json_log,
            "level": _logging(function).get("ApplicationLogLevel") or "INFO",
            "question": f"{address.current()}{QUESTIONS}{self.token}",
        }
        CALLS.add(self)
        try:
            outcome = PROCESSES.run(sent, self.environment, int(function.timeout))
        finally:
            CALLS.remove(self)
        with REGISTRY.lock:
            self._write_log(outcome)
        return outcome

    def _write_log(self, outcome: Outcome) -> None:
        """Write the log as far as the function's role allows it.

        https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
        """
        backend = logs_backends[self.function.account_id][self.function.region]
        allowed = role_actions(self.function.role, (*_LOG_ACTIONS, _CREATE_GROUP))
        if not set(_LOG_ACTIONS) <= allowed:
            return
        if self.log_group not in backend.groups:
            if _CREATE_GROUP not in allowed:
                return
            backend.create_log_group(self.log_group, {})
        backend.create_log_stream(self.log_group, self.log_stream)
        now = int(datetime.now(tz=UTC).timestamp() * 1000)
        lines = [line for line in self.log_text(outcome).splitlines() if line]
        backend.put_log_events(self.log_group, self.log_stream, [{"timestamp": now, "message": line} for line in lines])

    def log_text(self, outcome: Outcome) -> str:
        """The log with the lines of Lambda itself."""
        milliseconds = outcome.seconds * 1000
        if self.json_log:
            time = datetime.now(tz=UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
            status = "error" if outcome.failed else "success"
            start = {"requestId": self.request, "version": str(self.function.version)}
            report = {"requestId": self.request, "metrics": {"durationMs": round(milliseconds, 3)}, "status": status}
            first = json.dumps({"time": time, "type": "platform.start", "record": start})
            last = json.dumps({"time": time, "type": "platform.report", "record": report})
            return f"{first}\n{outcome.log}{last}\n"
        first = f"START RequestId: {self.request} Version: {self.function.version}"
        end = f"END RequestId: {self.request}"
        report_line = f"REPORT RequestId: {self.request}\tDuration: {milliseconds:.2f} ms"
        return f"{first}\n{outcome.log}{end}\n{report_line}\n"


class Calls:
    """The calls that run, by the token in the path at which they ask."""

    def __init__(self) -> None:
        """Have none."""
        self._lock = threading.Lock()
        self._by_token: dict[str, Call] = {}

    def add(self, call: Call) -> None:
        """Remember a call that starts."""
        with self._lock:
            self._by_token[call.token] = call

    def remove(self, call: Call) -> None:
        """Forget a call that has ended."""
        with self._lock:
            self._by_token.pop(call.token, None)

    def find(self, token: str) -> Call | None:
        """Return the call that asks."""
        with self._lock:
            return self._by_token.get(token)

    def count(self, account: str | None = None) -> int:
        """How many run, of an account or of all."""
        with self._lock:
            return sum(account in {None, call.function.account_id} for call in self._by_token.values())


CALLS: Final = Calls()


def prepare(function: Any, payload: bytes) -> Call:
    """Take what a call needs of the emulator's state; the caller has the lock.

    Raises:
        EmulatorGapError: The function is not written in Python.
    """
    if not str(function.run_time or "").startswith("python") or function.package_type != "Zip":
        what = function.run_time or function.package_type
        message = (
            f"The emulator runs functions of zip files in Python; {function.function_name} is of {what}. This is a gap "
            "of the emulator, not an error in your configuration."
        )
        raise EmulatorGapError(EmulatorGapError.code, message)
    log = _logging(function)
    now = datetime.now(tz=UTC)
    stream = f"{now:%Y/%m/%d}/[{function.version}]{secrets.token_hex(16)}"
    group = log.get("LogGroup") or function.logs_group_name
    folder = str(PACKAGES.unpack(function.code_bytes, authority().pem))
    return Call(
        function=function,
        event=json.loads(payload or b"{}"),
        json_log=log.get("LogFormat") == "JSON",
        log_group=group,
        log_stream=stream,
        environment=_environment(function, folder, group, stream),
        folder=folder,
    )


def _logging(function: Any) -> dict[str, Any]:
    return dict(function.kept_configuration.get("LoggingConfig") or {})


def _environment(function: Any, folder: str, group: str, stream: str) -> dict[str, str]:
    """The variables that Lambda sets, and those of the function.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
    """
    account, region = function.account_id, function.region
    sts = sts_backends[account][get_partition(region)]
    session = sts.assume_role(
        region_name=region,
        role_session_name=function.function_name,
        role_arn=function.role,
        policy="",
        duration=_SESSION_SECONDS,
        external_id="",
    )
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        **function.environment_vars,
        "_HANDLER": str(function.handler),
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.run_time}",
        "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
        "AWS_LAMBDA_FUNCTION_VERSION": str(function.version),
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
        "AWS_LAMBDA_LOG_GROUP_NAME": group,
        "AWS_LAMBDA_LOG_STREAM_NAME": stream,
        "LAMBDA_TASK_ROOT": folder,
        # What OpenSSL reads instead of the machine's own file.
        "SSL_CERT_FILE": str(PACKAGES.trusted(authority().pem)),
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_ACCESS_KEY_ID": session.access_key_id,
        "AWS_SECRET_ACCESS_KEY": session.secret_access_key,
        "AWS_SESSION_TOKEN": session.session_token,
        "AWS_EC2_METADATA_DISABLED": "true",
        **endpoint_variables(place_of(function), region),
    }
