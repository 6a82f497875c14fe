"""Publish how old the newest copy of each store is, in minutes.

Every store that can be measured is published, whatever happens to the others: alarms take a value that is missing for a
copy that is too old. Then a store that could not be measured is an error, so that Lambda repeats the call.
"""

from __future__ import annotations

import json
import logging
import os
import time
from datetime import timedelta
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from .measures import Measures, now

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

LOGGER = logging.getLogger()
LOGGER.setLevel(logging.INFO)

METRIC: Final = "CopyAgeMinutes"
DIMENSION: Final = "Store"
ATTEMPTS: Final = 4
"""How often a call is made that is refused: new rights take effect after seconds."""
PAUSE_SECONDS: Final = 5.0
_REFUSED: Final = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
REMEMBERED: Final = timedelta(days=14)
"""How far back the first measurement of a store is looked for: more than a week, the oldest that a copy may be."""
_MINUTE_SECONDS: Final = 60
_HOUR_SECONDS: Final = 3600
_AWS: Final = Config(connect_timeout=3, read_timeout=15, retries={"mode": "standard", "total_max_attempts": 5})

T = TypeVar("T")


class UnmeasuredError(Exception):
    """Some stores could not be measured; the message says which, and why."""


def handler(
    event: Mapping[str, Any],  # noqa: ARG001 (Lambda passes it)
    context: object,  # noqa: ARG001 (Lambda passes it)
    *,
    client: Callable[[str], Any] | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> dict[str, float]:
    """Measure all stores, publish, and return what was published.

    Raises:
        UnmeasuredError: Some are not among it.
    """
    made = cache(client or (lambda service: boto3.client(service, config=_AWS)))
    moment = now()
    measures = Measures(made, now=moment)

    def started(name: str) -> datetime:
        """When there could be copies: since there have been measurements, which begin with the store's alarm."""
        found = made("cloudwatch").get_metric_statistics(
            Namespace=os.environ["NAMESPACE"],
            MetricName=METRIC,
            Dimensions=[{"Name": DIMENSION, "Value": name}],
            StartTime=moment - REMEMBERED,
            EndTime=moment,
            Period=_HOUR_SECONDS,
            Statistics=["SampleCount"],
        )
        return min((one["Timestamp"] for one in found["Datapoints"]), default=moment)

    stores: dict[str, dict[str, str]] = json.loads(os.environ["STORES"])
    ages: dict[str, float] = {}
    problems = []
    for name, store in stores.items():
        try:
            age = _patiently(partial(measures.age, store, started=partial(started, name)), sleep)
            ages[name] = round(age.total_seconds() / _MINUTE_SECONDS, 1)
        except ClientError as error:
            problems.append(f"{name}: {error.operation_name} failed with {error.response['Error']['Code']}")
        except BotoCoreError as error:
            problems.append(f"{name}: {type(error).__name__}")
    LOGGER.info("%s", ages)
    if ages:
        made("cloudwatch").put_metric_data(
            Namespace=os.environ["NAMESPACE"],
            MetricData=[
                {"MetricName": METRIC, "Dimensions": [{"Name": DIMENSION, "Value": name}], "Value": age}
                for name, age in ages.items()
            ],
        )
    if problems:
        raise UnmeasuredError("; ".join(problems)) from None
    return ages


def _patiently(measure: Callable[[], T], sleep: Callable[[float], None]) -> T:
    for _ in range(ATTEMPTS - 1):
        try:
            return measure()
        except ClientError as error:
            if error.response["Error"]["Code"] not in _REFUSED:
                raise
        sleep(PAUSE_SECONDS)
    return measure()
