"""What the copies in a second region publish: S3 while it replicates, and the function that measures their ages.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from tests.alarms.measure import Measured, counted, gauge, of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.alarms.environment import Environment, Place
    from tests.alarms.world import World

_MEASURE_MINUTES: Final = 15
"""The time between two measurements of the ages of copies: lambdas/copy_ages/."""
_AGE_MINUTES: Final = 5.0
"""Of a store whose copies arrive as they should."""
_LATE_SECONDS: Final = 20.0
"""Of a bucket whose copies do."""


def measure(environment: Environment, world: World) -> Iterator[Measured]:
    """The metrics of replications and of the function."""
    for replication in environment.all("aws_s3_bucket_replication_configuration"):
        yield from _of_replication(environment, replication, world)
    for function in environment.all("aws_lambda_function"):
        if function.path[0] == "copy-ages":
            yield from _of_ages(environment, function, world)


def _of_replication(environment: Environment, replication: Place, world: World) -> Iterator[Measured]:
    """How late copies are, in the region of the copies; what failed, in the region of the source."""
    source = environment.text(replication.stack, replication.get("bucket"))
    (rule,) = replication.get("rule")
    destination = rule["destination"]
    dimensions = {
        "SourceBucket": source,
        "DestinationBucket": destination["bucket"].removeprefix("arn:aws:s3:::"),
        "RuleId": rule["id"],
    }
    there = destination["encryption_configuration"]["replica_kms_key_id"].split(":")[3]
    seconds = _component(world.replication_seconds, source, _LATE_SECONDS)
    yield of(replication, "AWS/S3", "ReplicationLatency", dimensions, gauge(seconds), region=there)
    failed = _component(world.failed_replications, source, 0)
    yield of(replication, "AWS/S3", "OperationsFailedReplication", dimensions, counted(failed))


def _component(values: Mapping[str, float], bucket: str, otherwise: float) -> float:
    return next((value for component, value in values.items() if f"-{component}-" in bucket), otherwise)


def _of_ages(environment: Environment, function: Place, world: World) -> Iterator[Measured]:
    """The age of the newest copy of each store that it measures."""
    for store in json.loads(function.resource.block("environment")["variables"]["STORES"]):
        age = world.copy_ages.get(store, _AGE_MINUTES)
        yield of(
            function,
            f"{environment.prefix.removesuffix('-')}/recovery",
            "CopyAgeMinutes",
            {"Store": store},
            () if age is None else gauge(age),
            every_minutes=_MEASURE_MINUTES,
        )
