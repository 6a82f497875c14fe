"""Calls that nobody waits for: in the background, repeated when they fail, and in the end in the dead-letter queue."""

from __future__ import annotations

import json
import logging
import threading
from typing import TYPE_CHECKING, Any, Final

from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from emulator.arns import parse_arn
from emulator.functions.calls import prepare
from emulator.functions.packages import PACKAGES
from emulator.functions.process import PROCESSES
from emulator.outages.state import lost_since
from emulator.registry import REGISTRY

if TYPE_CHECKING:
    from emulator.functions.calls import Call
    from emulator.functions.process import Outcome

LOG = logging.getLogger(__name__)

RETRY_SECONDS: Final = 0.2
"""How long the emulator waits before it repeats a call; AWS waits one minute, then two.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""
_MOST_RETRIES: Final = 2
_MESSAGE_CHARACTERS: Final = 1024


class Background:
    """The calls that run in the background."""

    def __init__(self) -> None:
        """Run none."""
        self._lock = threading.Lock()
        self._threads: set[threading.Thread] = set()
        self._stopped = threading.Event()

    def start(self, function: Any, payload: bytes, call: Call) -> None:
        """Run a call, and return at once."""
        with self._lock:
            stopped = self._stopped
        thread = threading.Thread(target=self._run, args=(function, payload, call, stopped), name="event", daemon=True)
        with self._lock:
            self._threads.add(thread)
        thread.start()

    def wait(self, seconds: float = 60) -> None:
        """Return once all of them have ended, for tests."""
        with self._lock:
            threads = list(self._threads)
        for thread in threads:
            thread.join(seconds)

    def stop(self) -> None:
        """End all of them; what has failed is not repeated."""
        with self._lock:
            self._stopped.set()
            self._stopped = threading.Event()

    def _run(self, function: Any, payload: bytes, call: Call, stopped: threading.Event) -> None:
        try:
            _run_until_successful(function, payload, call, stopped)
        except Exception:
            LOG.exception("an event of %s is lost", function.function_name)
        finally:
            with self._lock:
                self._threads.discard(threading.current_thread())


BACKGROUND: Final = Background()


def start(function: Any, payload: bytes, call: Call) -> None:
    """Run a call in the background; in a region that is lost nothing runs."""
    if lost_since(function.region):
        LOG.warning("an event of %s is lost with its region", function.function_name)
        return
    BACKGROUND.start(function, payload, call)


def stop() -> None:
    """End all calls and remove the unpacked code."""
    BACKGROUND.stop()
    PROCESSES.stop()
    PACKAGES.clear()


REGISTRY.resets.append(stop)


def _run_until_successful(function: Any, payload: bytes, call: Call, stopped: threading.Event) -> None:
    outcome = call.run()
    for _ in range(_retries(function)):
        if not outcome.failed or stopped.wait(RETRY_SECONDS):
            return
        with REGISTRY.lock:
            again = prepare(function, payload)
        outcome = again.run()
    if not outcome.failed or stopped.is_set():
        return
    with REGISTRY.lock:
        _send_dead_letter(function, payload, call.request, outcome)


def _retries(function: Any) -> int:
    for config in function.event_invoke_config:
        retries = config.config.get("MaximumRetryAttempts")
        if retries is not None:
            return int(retries)
    return _MOST_RETRIES


def _send_dead_letter(function: Any, payload: bytes, request: str, outcome: Outcome) -> None:
    """Send the event as it was, with what happened in the attributes.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq
    """
    target = parse_arn((function.kept_configuration.get("DeadLetterConfig") or {}).get("TargetArn") or "")
    if target is None:
        return
    error = json.loads(outcome.payload)
    attributes = {
        "RequestID": ("String", request),
        "ErrorCode": ("Number", "200"),  # as the status of the call: the code ran, and failed
        "ErrorMessage": ("String", str(error.get("errorMessage"))[:_MESSAGE_CHARACTERS]),
    }
    if target.service == "sqs":
        sent = {name: {"DataType": kind, "StringValue": value} for name, (kind, value) in attributes.items()}
        sqs_backends[target.account][target.region].send_message(
            target.resource, payload.decode(), message_attributes=sent
        )
    elif target.service == "sns":
        topic = f"arn:{target.partition}:sns:{target.region}:{target.account}:{target.resource}"
        told = {name: {"Type": kind, "Value": value} for name, (kind, value) in attributes.items()}
        sns_backends[target.account][target.region].publish(payload.decode(), arn=topic, message_attributes=told)
