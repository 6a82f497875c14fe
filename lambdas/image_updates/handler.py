"""Keep the images that run up to date: scan them again every day, and build the released commit again every week.

    {"action": "scan", "id": ".."}       scan each image of which a task runs, and publish what was found
    {"action": "rebuild", "id": ".."}    start a run of the pipeline that builds the released commit again

ECR's basic scanning looks at an image when it is pushed and when a scan is requested, so a vulnerability that becomes
known later is in no result until then. The id is that of the call by Scheduler: a repeated call starts no second run.
"""

from __future__ import annotations

import logging
import os
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Protocol

import boto3
from botocore.config import Config

from .images import Images, Scans
from .pipeline import Pipeline

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LOGGER = logging.getLogger()
LOGGER.setLevel(logging.INFO)

REPORT_SECONDS: Final = 30.0
"""What is left of the function's time to publish what was found."""
_AWS: Final = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 5})


class Context(Protocol):
    """What Lambda says of a call."""

    def get_remaining_time_in_millis(self) -> int:
        """How long the call may still take."""


class UnscannedError(Exception):
    """Images that run have no result; Lambda repeats the call."""


def handler(event: Mapping[str, Any], context: Context, *, client: Callable[..., Any] | None = None) -> dict[str, Any]:
    """Do what the event asks for."""
    made = client or (lambda service: boto3.client(service, config=_AWS))
    match event.get("action"):
        case "scan":
            deadline = time.monotonic() + context.get_remaining_time_in_millis() / 1000 - REPORT_SECONDS
            told = _scan(made, deadline=deadline, run_id=event["id"])
        case "rebuild":
            told = {"outcome": _pipeline(made).rebuild(run_id=event["id"])}
        case other:
            message = f'action {other!r} is not known: "scan" or "rebuild"'
            raise ValueError(message)
    LOGGER.info("%s", told)
    return told


def _scan(client: Callable[..., Any], *, deadline: float, run_id: str) -> dict[str, Any]:
    """Scan what runs; what has no result in the end is an error after all others are published."""
    ecr = client("ecr")
    images = Images(ecs=client("ecs"), ecr=ecr, cluster=os.environ["CLUSTER"], repositories=_words("REPOSITORIES"))
    scans = Scans(ecr=ecr, starts=os.environ["SCANNING"] == "basic", allowed=_words("ALLOWED_FINDINGS"))
    running = images.running()
    found, missing = scans.findings(running, deadline=deadline)
    for image, names in found.items():
        if names:
            LOGGER.error("%s has critical findings: %s", image, ", ".join(sorted(names)))
    told: dict[str, Any] = {"images": len(running), "findings": sum(map(len, found.values()))}
    values = {"CriticalFindings": told["findings"]} if found else {}
    if running:
        told["oldest_days"] = values["AgeDays"] = images.oldest_days(running, now=datetime.now(tz=UTC))
    if values:
        client("cloudwatch").put_metric_data(
            Namespace=os.environ["NAMESPACE"],
            MetricData=[{"MetricName": name, "Value": value} for name, value in values.items()],
        )
    if told["findings"] and os.environ["REBUILD_ON_FINDINGS"] == "true":
        told["outcome"] = _pipeline(client).rebuild(run_id=run_id)
    if missing:
        message = f"there is no result of {'; '.join(f'{image} ({why})' for image, why in missing.items())}"
        raise UnscannedError(message)
    return told


def _pipeline(client: Callable[..., Any]) -> Pipeline:
    return Pipeline(codepipeline=client("codepipeline"), name=os.environ["PIPELINE"])


def _words(variable: str) -> frozenset[str]:
    return frozenset(os.environ[variable].split())
