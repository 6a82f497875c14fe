"""Replace the secret that signs JWTs, and keep the one before, so that no token that is still valid is refused.

Two entries of Parameter Store: `current` signs and verifies, `previous` verifies only. AWS runs at least once, not
exactly once, so each action may be repeated without harm:

    {}                                          rotate, unless `current` is younger than MIN_AGE_HOURS
    {"action": "rotate", "force": true}         rotate whatever its age (a secret that leaked: do it twice)
    {"action": "undo", "bad_version": 7}        exchange the two, if `current` still is the version that is bad

Two runs at once would each replace the secret, and the first new one would be in neither entry. So a run that meets
another one raises `BusyError`, and Lambda repeats it a minute later. The function has no reserved concurrency for that,
which AWS refuses in a new account; the versions, which Parameter Store counts, show the other run.

Each answers with what it did and the versions of `current` before and after; no answer and no log has a secret in it.
"""

from __future__ import annotations

import logging
import os
import secrets
import string
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol, cast

import boto3

LOGGER = logging.getLogger()
LOGGER.setLevel(logging.INFO)

ALPHABET = string.ascii_letters + string.digits
# Letters and digits: 64 of them are 381 bits, more than the 256 that HS256 wants (RFC 7518, 3.2).
LENGTH = 64
_BUSY: Final = "another run is replacing the secret: repeat this one in a minute"

# A run is over by then: longer than the function's timeout, shorter than the minute until Lambda's first retry.
# https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
BUSY: Final = timedelta(seconds=45)


class BusyError(Exception):
    """Another run is replacing the secret; repeat this one in a minute."""


class ParameterStore(Protocol):
    """The two operations of `boto3.client("ssm")` that a rotation needs."""

    def get_parameter(self, *, Name: str, WithDecryption: bool) -> dict[str, Any]:  # noqa: N803 (AWS's names)
        """Read one entry."""

    def put_parameter(self, *, Name: str, Value: str, Type: str, KeyId: str, Overwrite: bool) -> dict[str, Any]:  # noqa: N803
        """Write one entry."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What an entry holds now."""

    value: str
    version: int
    since: datetime


@dataclass(frozen=True, kw_only=True)
class Rotation:
    """The pair of entries and what may be done with them."""

    store: ParameterStore
    current: str
    previous: str
    key_id: str
    min_age: timedelta

    def rotate(self, *, now: datetime, force: bool = False) -> dict[str, Any]:
        """Make a new `current`; what it was becomes `previous`."""
        current = self._read(self.current)
        if not force and now - current.since < self.min_age:
            # A repeated call would push the secret out that the tokens of the last period were signed with.
            return _told("too-young", before=current.version, after=current.version)
        # Read after `current`, so that a run that ended in between shows in it.
        previous = self._read(self.previous)
        self._refuse_other_run(current, previous, now)
        # In this order: if the second write fails, `current` is unchanged and good, and a repetition ends it.
        if self._write(self.previous, current.value) != previous.version + 1:
            raise BusyError(_BUSY)  # it wrote the same value, but after another run: only the first of them goes on
        after = self._write(self.current, "".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))
        return _told("rotated", before=current.version, after=after)

    def undo(self, *, now: datetime, bad_version: int) -> dict[str, Any]:
        """Sign with `previous` again, and still verify with what was bad, for tokens that it signed."""
        current = self._read(self.current)
        if current.version != bad_version:
            return _told("not-that-version", before=current.version, after=current.version)
        good = self._read(self.previous)
        self._refuse_other_run(current, good, now)
        # In this order: if the second write fails, the good secret is in both entries.
        after = self._write(self.current, good.value)
        self._write(self.previous, current.value)
        return _told("undone", before=current.version, after=after)

    def _refuse_other_run(self, current: Entry, previous: Entry, now: datetime) -> None:
        # Both are equal between the two writes of a run. If that is long ago, the run stopped there.
        if current.value == previous.value and now - max(current.since, previous.since) < BUSY:
            raise BusyError(_BUSY)

    def _read(self, name: str) -> Entry:
        found = self.store.get_parameter(Name=name, WithDecryption=True)["Parameter"]
        return Entry(value=found["Value"], version=found["Version"], since=found["LastModifiedDate"])

    def _write(self, name: str, value: str) -> int:
        # The key each time: without it Parameter Store would change to the account's own.
        written = self.store.put_parameter(
            Name=name, Value=value, Type="SecureString", KeyId=self.key_id, Overwrite=True
        )
        return int(written["Version"])


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 (Lambda passes it)
    """Do what the event asks for."""
    rotation = Rotation(
        store=cast("ParameterStore", boto3.client("ssm")),
        current=os.environ["CURRENT_PARAMETER"],
        previous=os.environ["PREVIOUS_PARAMETER"],
        key_id=os.environ["KEY_ID"],
        min_age=timedelta(hours=int(os.environ["MIN_AGE_HOURS"])),
    )
    match event.get("action", "rotate"):
        case "rotate":
            told = rotation.rotate(now=datetime.now(tz=UTC), force=event.get("force") is True)
        case "undo":
            told = rotation.undo(now=datetime.now(tz=UTC), bad_version=int(event["bad_version"]))
        case other:
            message = f'action {other!r} is not known: "rotate" or "undo"'
            raise ValueError(message)
    LOGGER.info("%s", told)
    return told


def _told(outcome: str, *, before: int, after: int) -> dict[str, Any]:
    return {"outcome": outcome, "version_before": before, "version": after}
