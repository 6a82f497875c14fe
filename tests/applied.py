"""An environment that is applied on an emulator, as tests see it."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from acceptance.harness import applied_outputs, open_harness
from acceptance.lifecycle import EnvironmentRun, Row, apply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from acceptance.account import Account


@dataclass(frozen=True)
class Applied:
    """The account it is in, and the outputs of each stack; `account.session()` is for boto3."""

    environment: str
    account: Account
    outputs: dict[str, dict[str, object]]
    resources: dict[str, int]


@contextmanager
def applied(environment: str, layer: str | None = None) -> Iterator[Applied]:
    """Apply an environment, or a layer of it with all that it needs; nothing is left afterwards."""
    with open_harness([environment], layer=layer) as harness:
        session = harness.session(environment)
        run = EnvironmentRun(environment, rows={id_: Row(id_) for id_ in session.stacks})
        apply(session, run)
        signal.signal(signal.SIGINT, signal.default_int_handler)  # Ctrl-C is the tests' again
        yield Applied(
            environment,
            harness.account(environment),
            applied_outputs(session, session.stacks),
            {row.stack: row.resources for row in run.rows.values()},
        )
