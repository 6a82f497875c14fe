"""Test a new version of a service on the test listener, and tell CodeDeploy whether its deployment may go on.

CodeDeploy calls it as the hook AfterAllowTestTraffic: then the test listener forwards to the new tasks, and no request
of a user does.

    {"DeploymentId": "d-..", "LifecycleEventHookExecutionId": ".."}

Each path of the service must first answer within a minute, because a listener takes some seconds to forward to other
tasks. From then on each answer counts: several times in a row, all paths with 2xx and in time. Whatever happens,
CodeDeploy gets a result, since it would wait an hour for one: an error of this code is a version that was not tested,
so `Failed`.
"""

from __future__ import annotations

import json
import logging
import os
import ssl
import time
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import boto3
from botocore.config import Config

from .listener import AnswerError, Listener, addresses_of, private_addresses_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

LOGGER = logging.getLogger()
LOGGER.setLevel(logging.INFO)

SETTINGS: Final = Path(__file__).with_name("settings.json")
"""The paths of each service by the name of its application in CodeDeploy, which synthesis adds to the package."""
ANSWER_SECONDS: Final = 5.0
FIRST_SECONDS: Final = 60.0
"""The time in which each path must answer for the first time."""
SETTLE_SECONDS: Final = 10.0
"""Before the first request: until then the listener may still forward to the old tasks."""
PAUSE_SECONDS: Final = 1.0
ROUNDS: Final = 3
REPORT_SECONDS: Final = 30.0
"""What is left of the function's time to report the result."""
_AWS: Final = Config(connect_timeout=3, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})
_REPORT: Final = Config(connect_timeout=3, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 4})


class Context(Protocol):
    """What Lambda says of a call."""

    def get_remaining_time_in_millis(self) -> int:
        """How long the call may still take."""


class FailedError(Exception):
    """The new version must not be shown to users; the message says why."""


@dataclass(frozen=True, kw_only=True)
class SmokeTest:
    """The test of one service."""

    listener: Listener
    addresses: Sequence[str]
    paths: Sequence[str]
    deadline: float
    """By `time.monotonic`: when the test must be over."""
    sleep: Callable[[float], None] = time.sleep
    first_seconds: float = FIRST_SECONDS
    settle_seconds: float = SETTLE_SECONDS
    pause_seconds: float = PAUSE_SECONDS

    def run(self) -> None:
        """Ask for each path until it answers, then again and again.

        Raises:
            FailedError: A path does not answer as it must.
        """
        self.sleep(self.settle_seconds)
        addresses = cycle(self.addresses)
        first = min(self.deadline, time.monotonic() + self.first_seconds)
        for path in self.paths:
            self._wait_for(path, addresses, until=first)
        for number in range(1, ROUNDS + 1):
            self.sleep(self.pause_seconds)
            for path in self.paths:
                if time.monotonic() > self.deadline:
                    message = f"the time of the test was over in round {number} of {ROUNDS}"
                    raise FailedError(message)
                try:
                    LOGGER.info("%s", self.listener.ask(path, address=next(addresses)))
                except AnswerError as error:
                    raise FailedError(str(error)) from error

    def _wait_for(self, path: str, addresses: Iterator[str], *, until: float) -> None:
        while True:
            try:
                LOGGER.info("%s", self.listener.ask(path, address=next(addresses)))
            except AnswerError as error:
                if time.monotonic() + self.pause_seconds > until:
                    raise FailedError(str(error)) from error
                LOGGER.warning("%s; asking again", error)
                self.sleep(self.pause_seconds)
            else:
                return


def handler(event: Mapping[str, str], context: Context) -> dict[str, str]:
    """Test the version that the deployment brings, and report the result to CodeDeploy."""
    deadline = time.monotonic() + context.get_remaining_time_in_millis() / 1000 - REPORT_SECONDS
    deployment = event["DeploymentId"]
    status = "Failed"
    try:
        _smoke_test(deployment, deadline=deadline).run()
        status = "Succeeded"
        LOGGER.info("%s: the new version answers as it must", deployment)
    except FailedError as error:
        LOGGER.error("%s: %s", deployment, error)  # noqa: TRY400 (the message says it all)
    except Exception:
        LOGGER.exception("%s: the smoke test itself failed, so the new version was not tested", deployment)
    finally:
        boto3.client("codedeploy", config=_REPORT).put_lifecycle_event_hook_execution_status(
            deploymentId=deployment,
            lifecycleEventHookExecutionId=event["LifecycleEventHookExecutionId"],
            status=status,
        )
    return {"status": status}


def _smoke_test(deployment: str, *, deadline: float) -> SmokeTest:
    info: dict[str, Any] = boto3.client("codedeploy", config=_AWS).get_deployment(deploymentId=deployment)
    application = info["deploymentInfo"]["applicationName"]
    paths: dict[str, list[str]] = json.loads(SETTINGS.read_text(encoding="utf-8"))
    if not paths.get(application):
        message = f"no paths are known for the application {application}; apply the layer service"
        raise FailedError(message)
    interfaces = os.environ["INTERFACES"]
    if interfaces:
        addresses = private_addresses_of(interfaces, ec2=boto3.client("ec2", config=_AWS))
    else:
        addresses = addresses_of(os.environ["ADDRESS"])
    if not addresses:
        message = f"the load balancer {interfaces} has no network interfaces"
        raise FailedError(message)
    return SmokeTest(
        listener=Listener(
            host_name=os.environ["HOST_NAME"],
            port=int(os.environ["PORT"]),
            answer_seconds=ANSWER_SECONDS,
            context=ssl.create_default_context(),
        ),
        addresses=addresses,
        paths=paths[application],
        deadline=deadline,
    )
