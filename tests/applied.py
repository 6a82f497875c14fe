"""An environment that is applied on an emulator, as tests see it."""

from __future__ import annotations

import json
import signal
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from acceptance.harness import applied_outputs, open_harness
from acceptance.lifecycle import EnvironmentRun, Row, apply
from tests.fixtures import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from acceptance.account import Account
    from synthesis.manifest import Stack


@dataclass(frozen=True)
class Applied:
    """The account it is in, and the outputs of each stack; `account.session()` is for boto3."""

    environment: str
    account: Account
    outputs: dict[str, dict[str, object]]
    resources: dict[str, int]
    names: dict[str, list[set[str]]]
    """By type: what identifies each resource of it, by the state: id, name, ARN, endpoint."""


@contextmanager
def applied(environment: str, layer: str | None = None, *, settings: Path = FOLDER) -> Iterator[Applied]:
    """Apply an environment, or a layer of it with all that it needs; nothing is left afterwards."""
    with open_harness([environment], settings=settings, layer=layer) as harness:
        session = harness.session(environment)
        run = EnvironmentRun(environment, rows={id_: Row(id_) for id_ in session.stacks})
        apply(session, run)
        signal.signal(signal.SIGINT, signal.default_int_handler)  # Ctrl-C is the tests' again
        yield Applied(
            environment,
            harness.account(environment),
            applied_outputs(session, session.stacks),
            {row.stack: row.resources for row in run.rows.values()},
            _names(harness.account(environment), session.stacks.values()),
        )


def _names(account: Account, stacks: Iterable[Stack]) -> dict[str, list[set[str]]]:
    s3 = account.session().client("s3")
    found: dict[str, list[set[str]]] = {}
    for backend in (stack.backend for stack in stacks):
        state = json.loads(s3.get_object(Bucket=backend["bucket"], Key=backend["key"])["Body"].read())
        for resource in (entry for entry in state["resources"] if entry["mode"] == "managed"):
            for instance in resource["instances"]:
                # SNS lists an unconfirmed subscription without its ARN, only with its endpoint.
                values = (instance["attributes"].get(name) for name in ("id", "name", "arn", "endpoint"))
                found.setdefault(resource["type"], []).append({value for value in values if value})
    return found
