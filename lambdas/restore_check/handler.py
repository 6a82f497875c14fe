"""Bring each restore test to its end: ask what was restored, say whether it is valid, and let AWS Backup delete it.

Nothing is kept between two calls. What was said is at AWS Backup, what is left to do follows from there, and any call
may be killed after any step: the next one repeats at most a message. What cannot be asked yet is asked again then.
"""

from __future__ import annotations

import json
import logging
import os
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from . import ages
from .jobs import Drill, list_drills
from .restored import Restored
from .verdict import Verdict, give_up, judge, message, minutes_between, subject

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LOGGER = logging.getLogger()
LOGGER.setLevel(logging.INFO)

LEFT_AFTER: Final = timedelta(days=1)
"""After so long nothing that was restored is still there, or an operator must delete it: an alarm says so."""
ATTEMPTS: Final = 4
"""How often the list of jobs is asked for if it is refused: new rights take effect after seconds."""
PAUSE_SECONDS: Final = 5.0
_REFUSED: Final = frozenset({"AccessDenied", "AccessDeniedException"})
_NOT_WAITING: Final = "InvalidRequestException"
_READ_SECONDS: Final = 600
"""The reader's own time: one that is slow must not be called again while it counts."""
_AWS: Final = Config(connect_timeout=3, read_timeout=15, retries={"mode": "standard", "total_max_attempts": 5})
_READER: Final = Config(connect_timeout=3, read_timeout=_READ_SECONDS, retries={"total_max_attempts": 1})


class DrillError(Exception):
    """Some drills could not be looked at; the message says which, and why."""


def now() -> datetime:
    """The time."""
    return datetime.now(tz=UTC)


def handler(
    event: Mapping[str, Any],  # noqa: ARG001 (Lambda passes it)
    context: object,  # noqa: ARG001 (Lambda passes it)
    *,
    client: Callable[[str], Any] | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> dict[str, Any]:
    """Look at all drills of the plan; returns what was said of each in this call, and the ages.

    Raises:
        DrillError: One could not be looked at; the others were.
    """
    made = cache(client or _make_client)
    return Check(client=made, variables=os.environ, now=now(), sleep=sleep).run()


def _make_client(service: str) -> Any:  # noqa: ANN401 (what boto3 makes has no static type)
    return boto3.client(service, config=_READER if service == "lambda" else _AWS)


@dataclass(kw_only=True)
class Check:
    """One call."""

    client: Callable[[str], Any]
    variables: Mapping[str, str]
    now: datetime
    sleep: Callable[[float], None]
    problems: list[str] = field(default_factory=list)

    def run(self) -> dict[str, Any]:
        """Look at every drill, then publish the ages of all databases."""
        drills = self._list()
        said: dict[str, str] = {}
        left = dict.fromkeys(self._stores, 0)
        for drill in drills:
            try:
                if drill.waits:
                    verdict = self._look_at(drill)
                    if verdict:
                        said[drill.id] = verdict.status
                elif self._is_left(drill):
                    left[drill.engine] = left.get(drill.engine, 0) + 1
            except ClientError as error:
                self.problems.append(f"{drill.id}: {error.operation_name}: {error.response['Error']['Code']}")
            except BotoCoreError as error:
                self.problems.append(f"{drill.id}: {type(error).__name__}")
        found = self._publish_ages(drills, left)
        LOGGER.info("%s", json.dumps({"said": said, "ages": found, "left": left}))
        if self.problems:
            raise DrillError("; ".join(self.problems))
        return {"said": said, "ages": found, "left": left}

    @property
    def _stores(self) -> list[str]:
        return list(json.loads(self.variables["STORES"]))

    @property
    def _restored(self) -> Restored:
        return Restored(
            rds=self.client("rds"),
            prefix=self.variables["INSTANCE_PREFIX"],
            instance_class=self.variables["DOCUMENTDB_CLASS"],
            tags=json.loads(self.variables["TAGS"]),
        )

    def _list(self) -> list[Drill]:
        for _ in range(ATTEMPTS - 1):
            try:
                return list(list_drills(self.client("backup"), self.variables["PLAN"], now=self.now))
            except ClientError as error:
                if error.response["Error"]["Code"] not in _REFUSED:
                    raise
            self.sleep(PAUSE_SECONDS)
        return list(list_drills(self.client("backup"), self.variables["PLAN"], now=self.now))

    def _look_at(self, drill: Drill) -> Verdict | None:
        """Ask one that waits; None if it cannot be judged yet."""
        restored, completed = self._restored, drill.completed or drill.started
        hours = int(self.variables["PATIENCE_HOURS"])
        is_late = self.now - completed >= timedelta(hours=hours)
        address = restored.address(drill)
        if address:
            answer = self._read({"engine": drill.engine, "host": address.host, "port": address.port})
        else:
            answer = {"problem": "it was not available"}
        if "problem" not in answer:
            verdict = judge(drill, answer, minimum_rows=int(self.variables["MINIMUM_ROWS"]))
        elif is_late:
            verdict = give_up(answer["problem"], hours=hours)
        else:
            LOGGER.info("%s: %s", drill.id, answer["problem"])
            return None
        # A cluster whose instance is being deleted can be deleted, too, and that begins with the result.
        restored.release(drill)
        self._tell(drill, verdict)
        return verdict if self._record(drill, verdict) else None

    def _record(self, drill: Drill, verdict: Verdict) -> bool:
        """Give AWS Backup the result; False if another call has given one meanwhile."""
        backup = self.client("backup")
        try:
            backup.put_restore_validation_result(
                RestoreJobId=drill.id, ValidationStatus=verdict.status, ValidationStatusMessage=verdict.why
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != _NOT_WAITING or self._waits(drill):
                raise
            return False
        return True

    def _waits(self, drill: Drill) -> bool:
        return any(one.waits for one in self._list() if one.id == drill.id)

    def _read(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """What the reader answers; a call that fails is a problem, too."""
        answer = self.client("lambda").invoke(FunctionName=self.variables["READER"], Payload=json.dumps(event).encode())
        if "FunctionError" in answer:
            return {"problem": f"the function {self.variables['READER']} has failed; its log says why"}
        read: dict[str, Any] = json.loads(answer["Payload"].read())
        return read

    def _tell(self, drill: Drill, verdict: Verdict) -> None:
        """Publish a message, and of a success how long it took: the value by which it is remembered."""
        ready = drill.completed if drill.engine == "postgres" and drill.completed else self.now
        minutes = minutes_between(drill.started, ready)
        topics: dict[str, str] = json.loads(self.variables["TOPICS"])
        prefix = self.variables["ENVIRONMENT"]
        topic = topics.get("info" if verdict.is_valid else "critical")
        if topic:
            self.client("sns").publish(
                TopicArn=topic,
                Subject=subject(drill, verdict, prefix=prefix),
                Message=message(
                    drill,
                    verdict,
                    prefix=prefix,
                    minutes=minutes,
                    restored_at=drill.started,
                    runbook=self.variables["RUNBOOK"],
                ),
            )
        if verdict.is_valid:
            self._publish([ages.value(ages.MINUTES, drill.engine, minutes)])

    def _is_left(self, drill: Drill) -> bool:
        """Whether a drill that has ended left something; deletes the instance that this function made for it."""
        if drill.status in {"PENDING", "RUNNING"}:
            return False
        is_released = self._restored.release(drill) if drill.created else True
        ended = drill.completed or drill.started
        is_old = self.now - ended >= LEFT_AFTER
        return is_old and (not is_released or self._restored.is_there(drill))

    def _publish_ages(self, drills: list[Drill], left: Mapping[str, int]) -> dict[str, float]:
        cloudwatch, namespace = self.client("cloudwatch"), self.variables["NAMESPACE"]
        found = {store: ages.age_days(cloudwatch, namespace, store, drills, now=self.now) for store in self._stores}
        values = [ages.value(ages.AGE, store, days) for store, days in found.items()]
        self._publish([*values, *(ages.value(ages.LEFT, store, left.get(store, 0)) for store in found)])
        return found

    def _publish(self, values: list[dict[str, Any]]) -> None:
        self.client("cloudwatch").put_metric_data(Namespace=self.variables["NAMESPACE"], MetricData=values)
