"""Bring the environment step by step to what its schedule wants, every five minutes.

Each run compares what is wanted with what there is and takes the next step, so that a run that fails is repaired by the
next one. To sleep: alarms become silent, scaling is suspended, tasks end, databases stop. To wake: databases start,
then tasks, then scaling goes on, then alarms notify again. AWS starts a database that was stopped for seven days; the
next run finds it and stops it again.

    {}                                      one run
    {"action": "status"}                    what there is; changes nothing
    {"action": "sleep", "until": "23:00"}   a person's wish, then one run; without `until` up to the next change of the
    {"action": "wake"}                      schedule
"""

from __future__ import annotations

import json
import logging
import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import boto3

from .platform import Documentdb, Postgres, Services, start, stop
from .schedule import LONGEST_OVERRIDE, Override, Schedule, Wanted, wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .platform import Database

LOGGER = logging.getLogger()

SETTINGS: Final = Path(__file__).with_name("settings.json")
"""The schedule, which synthesis adds to the package."""
LONGEST_DEPLOYMENT: Final = timedelta(hours=1)
"""How long it waits at bedtime for a deployment that is in progress."""
LONGEST_SILENCE: Final = timedelta(hours=1)
"""How long alarms are silent while it wakes: if the tasks do not start by then, the alarms must report it."""


class Phase(StrEnum):
    """Where the environment is between awake and asleep."""

    AWAKE = "awake"
    WAITING = "waiting for a deployment"
    FALLING_ASLEEP = "falling asleep"
    ASLEEP = "asleep"
    WAKING = "waking"


_SETTLED: Final = (Phase.AWAKE, Phase.ASLEEP)


@dataclass(frozen=True, kw_only=True)
class State:
    """What one run leaves to the next."""

    phase: Phase
    since: datetime
    counts: Mapping[str, int]
    """How many tasks each service had before it slept."""

    @staticmethod
    def parse(text: str, *, now: datetime) -> State:
        """Read it; an environment that never slept is awake."""
        written = json.loads(text)
        if not written:
            return State(phase=Phase.AWAKE, since=now, counts={})
        return State(
            phase=Phase(written["phase"]), since=datetime.fromisoformat(written["since"]), counts=written["counts"]
        )

    def text(self) -> str:
        """What `parse` reads."""
        return json.dumps({"phase": self.phase, "since": self.since.isoformat(), "counts": dict(self.counts)})


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """The two entries of Parameter Store: the state of the runs, and what a person asked for."""

    ssm: Any
    state: str
    override: str
    key_id: str

    def read(self, name: str) -> str:
        """The value of one."""
        return str(self.ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])

    def write(self, name: str, value: str) -> None:
        """Replace one; with its key each time, or Parameter Store would change to the account's own."""
        self.ssm.put_parameter(Name=name, Value=value, Type="SecureString", KeyId=self.key_id, Overwrite=True)


@dataclass(frozen=True, kw_only=True)
class Metrics:
    """The metrics that the suppressor and the alarms on the schedule itself read."""

    clients: Sequence[Any]
    """One of each region that has alarms; the first is the environment's own."""
    namespace: str

    def publish_asleep(self, *, asleep: bool) -> None:
        """Whether alarms are silent, in all regions: an alarm reads the metrics of its own region only."""
        for region in range(len(self.clients)):
            self._publish("Asleep", int(asleep), region=region)

    def publish_success(self, minutes: float) -> None:
        """The end of a run that did not fail, and for how long the environment has been between two states."""
        self._publish("TransitionMinutes", minutes, region=0)

    def _publish(self, name: str, value: float, *, region: int) -> None:
        data = [{"MetricName": name, "Value": value}]
        self.clients[region].put_metric_data(Namespace=self.namespace, MetricData=data)


@dataclass(frozen=True, kw_only=True)
class SleepSchedule:
    """One run, with everything that it works on."""

    schedule: Schedule
    parameters: Parameters
    metrics: Metrics
    services: Services
    databases: Sequence[Database]

    def status(self, *, now: datetime) -> dict[str, Any]:
        """What there is; changes nothing."""
        return self._told(self._state(now), self._wanted(now), "")

    def ask(self, *, awake: bool, until: str | None, now: datetime) -> None:
        """Store what a person asks for.

        Raises:
            ValueError: `until` is not a valid time.
        """
        if until:
            end = self.schedule.parse_until(until, now=now)
        else:
            end = self.schedule.at(now).until or now + LONGEST_OVERRIDE
        self.parameters.write(self.parameters.override, Override(awake=awake, until=end).text())

    def run(self, *, now: datetime) -> dict[str, Any]:
        """Take the next step."""
        before, want = self._state(now), self._wanted(now)
        state = self._next_state(before, want, now)
        # Before anything is changed: whatever fails now, the next run knows where to go on, and with how many tasks.
        self._keep(before, state)
        self.metrics.publish_asleep(asleep=_is_silent(state, now))
        doing = self._step(state)
        settled = state
        if state.phase is Phase.FALLING_ASLEEP and not doing:
            settled = replace(state, phase=Phase.ASLEEP, since=now)
        elif state.phase is Phase.ASLEEP and doing:  # AWS has started a database, or an apply a task
            settled = replace(state, phase=Phase.FALLING_ASLEEP, since=now)
        elif state.phase is Phase.WAKING and not doing:
            settled = State(phase=Phase.AWAKE, since=now, counts={})
            self.metrics.publish_asleep(asleep=False)
        self._keep(state, settled)
        waits = settled.phase not in _SETTLED
        self.metrics.publish_success((now - settled.since) / timedelta(minutes=1) if waits else 0)
        return self._told(settled, want, doing)

    def _step(self, state: State) -> str:
        """Do what can be done now; returns what is still to wait for."""
        match state.phase:
            case Phase.FALLING_ASLEEP | Phase.ASLEEP:
                # No task may lose its database while it runs.
                return self.services.stop() or _joined([stop(database) for database in self.databases])
            case Phase.WAKING:
                return _joined([start(database) for database in self.databases]) or self.services.start(state.counts)
            case Phase.WAITING:
                return "a deployment is in progress"
        return ""

    def _next_state(self, state: State, want: Wanted, now: datetime) -> State:
        phase = state.phase
        if want.awake:
            if phase is Phase.WAITING:
                return replace(state, phase=Phase.AWAKE, since=now)
            return state if phase in {Phase.AWAKE, Phase.WAKING} else replace(state, phase=Phase.WAKING, since=now)
        services = self.services.read()
        counts = {service.name: service.desired for service in services}
        if phase in {Phase.AWAKE, Phase.WAITING}:
            began = state.since if phase is Phase.WAITING else now
            if any(service.is_deploying for service in services) and now - began < LONGEST_DEPLOYMENT:
                return replace(state, phase=Phase.WAITING, since=began)
            return State(phase=Phase.FALLING_ASLEEP, since=now, counts=counts)
        # Numbers from before it slept count: a task that there is now was started by an apply or a half wake.
        counts = {name: count for name, count in counts.items() if count} | dict(state.counts)
        if phase is Phase.WAKING:
            return State(phase=Phase.FALLING_ASLEEP, since=now, counts=counts)
        return replace(state, counts=counts)

    def _state(self, now: datetime) -> State:
        return State.parse(self.parameters.read(self.parameters.state), now=now)

    def _keep(self, before: State, after: State) -> None:
        if after != before:
            self.parameters.write(self.parameters.state, after.text())

    def _wanted(self, now: datetime) -> Wanted:
        override = Override.parse(self.parameters.read(self.parameters.override))
        return wanted(self.schedule, override, now=now)

    def _told(self, state: State, want: Wanted, doing: str) -> dict[str, Any]:
        return {
            "phase": state.phase.value,
            "doing": doing,
            "wanted": "awake" if want.awake else "asleep",
            "until": self.schedule.show(want.until),
            "settled": state.phase is (Phase.AWAKE if want.awake else Phase.ASLEEP),
        }


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 (Lambda passes it)
    """Do what the event asks for."""
    LOGGER.setLevel(logging.INFO)
    schedule = from_variables(os.environ, schedule=SETTINGS.read_text(encoding="utf-8"))
    now = datetime.now(tz=UTC)
    match event.get("action", "run"):
        case "run":
            pass
        case "sleep" | "wake" as wish:
            schedule.ask(awake=wish == "wake", until=event.get("until"), now=now)
        case "status":
            return schedule.status(now=now)
        case other:
            message = f'action {other!r} is not known: "run", "status", "sleep" or "wake"'
            raise ValueError(message)
    told = schedule.run(now=now)
    LOGGER.info("%s", told)
    return told


def from_variables(
    variables: Mapping[str, str], *, schedule: str, client: Callable[..., Any] = boto3.client
) -> SleepSchedule:
    """What a run works on: the environment variables of the function, and the text of its schedule."""
    databases: list[Database] = []
    if identifier := variables.get("POSTGRES"):
        databases.append(Postgres(rds=client("rds"), identifier=identifier))
    if identifier := variables.get("DOCUMENTDB"):
        databases.append(Documentdb(docdb=client("docdb"), identifier=identifier))
    return SleepSchedule(
        schedule=Schedule.parse(schedule),
        parameters=Parameters(
            ssm=client("ssm"),
            state=variables["STATE_PARAMETER"],
            override=variables["OVERRIDE_PARAMETER"],
            key_id=variables["KEY_ID"],
        ),
        metrics=Metrics(
            clients=[client("cloudwatch", region_name=region) for region in variables["REGIONS"].split(",")],
            namespace=variables["NAMESPACE"],
        ),
        services=Services(
            ecs=client("ecs"),
            scaling=client("application-autoscaling"),
            cluster=variables["CLUSTER"],
            names=[name for name in variables["SERVICES"].split(",") if name],
        ),
        databases=databases,
    )


def _is_silent(state: State, now: datetime) -> bool:
    if state.phase is Phase.WAKING:
        return now - state.since < LONGEST_SILENCE
    return state.phase in {Phase.FALLING_ASLEEP, Phase.ASLEEP}


def _joined(waits: Sequence[str]) -> str:
    return "; ".join(filter(None, waits))
