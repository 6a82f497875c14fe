"""Keep the copies of parameters in the second region equal to the parameters.

    {"action": "all"}                     compare every parameter with its copy; if all are equal, write when that was
    {"detail": {"name": "/.."}, ..}       an event of Parameter Store: the same for one that has changed

What is lost here must not be lost there: a parameter that does not exist, or has no value yet, changes no copy. It is
an error that names it, and so is a copy that does not exist: Terraform makes it, with its key and tags. All others are
copied in spite of it. No answer, log or error has a value in it.

Two runs can be about the same parameter, and events arrive in any order. So each run reads both again after it has
written, until they are equal: the last one to write has the newest value.
"""

from __future__ import annotations

import itertools
import logging
import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

LOGGER = logging.getLogger()
LOGGER.setLevel(logging.INFO)

PLACEHOLDER: Final = "unset"
"""The value that Terraform writes into a parameter whose value it does not know."""
MOST_WRITES: Final = 5
"""How often a run writes one copy; a parameter that changes more often meanwhile is an error."""
PAUSES: Final = 3
"""How often a run waits for rights: new ones take effect after seconds, and the first call follows them at once."""
PAUSE_SECONDS: Final = 5.0
_REFUSED: Final = frozenset({"AccessDenied", "AccessDeniedException"})
_NOT_FOUND: Final = "ParameterNotFound"
# Standard, unless the value is too long for it or the copy is advanced already:
# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
_TIER: Final = "Intelligent-Tiering"
# Parameter Store throttles at 40 calls a second, for all callers of a region together:
# https://docs.aws.amazon.com/general/latest/gr/ssm.html
_AWS: Final = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 6})


class MirrorError(Exception):
    """Some copies are not equal to their parameters; the message says which, and why."""


class UnequalError(Exception):
    """One copy cannot be made equal to its parameter; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Mirror:
    """The parameters, and their copies under the same names."""

    home: Any
    """A client of Parameter Store where the parameters are."""
    there: Any
    """One where the copies are."""
    key_id: str
    """Encrypts the copies."""

    def copy(self, name: str) -> bool:
        """Make a copy equal to its parameter; return whether it had to be written.

        Raises:
            UnequalError: There is no value to copy, no copy to write, or the value does not stay the same.
        """
        for writes in range(MOST_WRITES + 1):
            value, copied = self._read(self.home, name), self._read(self.there, name)
            if copied is None:
                message = "has no copy; apply the layer recovery in the second region"
                raise UnequalError(message)
            if value is None:
                message = "does not exist; its copy is kept"
                raise UnequalError(message)
            if value == copied:
                return writes > 0
            if value == PLACEHOLDER:
                message = f'is "{PLACEHOLDER}"; its copy, which has a value, is kept'
                raise UnequalError(message)
            if writes < MOST_WRITES:
                self.write(name, value)
        message = "changes faster than it can be copied"
        raise UnequalError(message)

    def write(self, name: str, value: str) -> None:
        """Write into the second region; with the key each time, or Parameter Store would take the account's own."""
        self.there.put_parameter(
            Name=name, Value=value, Type="SecureString", Tier=_TIER, KeyId=self.key_id, Overwrite=True
        )

    def _read(self, store: Any, name: str) -> str | None:  # noqa: ANN401 - boto3's
        try:
            found: str = store.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
        except ClientError as error:
            if error.response["Error"]["Code"] == _NOT_FOUND:
                return None
            raise
        return found


def handler(
    event: Mapping[str, Any],
    context: object,  # noqa: ARG001 (Lambda passes it)
    *,
    client: Callable[[str | None], Any] | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> dict[str, Any]:
    """Do what the event asks for."""
    made = client or (lambda region: boto3.client("ssm", region_name=region, config=_AWS))
    mirror = Mirror(home=made(None), there=made(os.environ["COPIES_REGION"]), key_id=os.environ["KEY_ID"])
    known = os.environ["PARAMETERS"].split()
    if event.get("action") == "all":
        result = _mirror(mirror, known, sleep)
        mirror.write(os.environ["MARKER_PARAMETER"], datetime.now(tz=UTC).isoformat(timespec="seconds"))
    elif name := (event.get("detail") or {}).get("name"):
        result = _mirror(mirror, [name] if name in known else [], sleep)
    else:
        message = 'the event must have the action "all" or be an event of Parameter Store'
        raise ValueError(message)
    LOGGER.info("%s", result)
    return result


def _mirror(mirror: Mirror, names: Iterable[str], sleep: Callable[[float], None]) -> dict[str, Any]:
    """Make all copies equal that can be.

    Raises:
        MirrorError: Some are not.
    """
    written, equal, problems = [], 0, []
    pauses = itertools.repeat(PAUSE_SECONDS, PAUSES)  # of all names together, for the time limit of the function
    for name in names:
        try:
            if _copy_patiently(mirror, name, pauses, sleep):
                written.append(name)
            else:
                equal += 1
        except UnequalError as error:
            problems.append(f"{name} {error}")
        except ClientError as error:  # its code alone: nobody promises that no message of AWS quotes what it was sent
            problems.append(f"{name}: {error.operation_name} failed with {error.response['Error']['Code']}")
        except BotoCoreError as error:
            problems.append(f"{name}: {type(error).__name__}")
    if problems:
        raise MirrorError("; ".join(problems)) from None
    return {"written": written, "equal": equal}


def _copy_patiently(mirror: Mirror, name: str, pauses: Iterator[float], sleep: Callable[[float], None]) -> bool:
    """Copy, and once more after each pause that is left while that is refused."""
    while True:
        try:
            return mirror.copy(name)
        except ClientError as error:
            if error.response["Error"]["Code"] not in _REFUSED:
                raise
            pause = next(pauses, None)
            if pause is None:
                raise
        sleep(pause)
