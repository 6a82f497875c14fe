"""Runs checks in parallel; one that fails is a line of its own, and the others go on."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from preflight.account import WriteRefusedError
from preflight.failures import line_from
from preflight.line import unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from preflight.account import Account
    from preflight.line import Line

_PARALLEL: Final = 12
"""Calls of one kind are few, and AWS throttles far above this."""


@dataclass(frozen=True)
class Check:
    """What is checked, and the function that checks it."""

    subject: str
    run: Callable[[], Iterable[Line]]


def run_all(checks: Sequence[Check], account: Account) -> list[Line]:
    """The lines of all checks, in the order of the checks."""
    done = 0

    def run(check: Check) -> list[Line]:
        nonlocal done
        lines = run_one(check, account)
        done += 1
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{done}/{len(checks)} checks ")
            sys.stderr.flush()
        return lines

    with ThreadPoolExecutor(_PARALLEL) as pool:
        found = list(pool.map(run, checks))
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[2K")
    return [line for lines in found for line in lines]


def run_one(check: Check, account: Account) -> list[Line]:
    """The lines of one check; if a call fails, one line that says which, after those that it had found before."""
    lines: list[Line] = []
    try:
        lines.extend(check.run())  # keeps what came before an error
    except (ClientError, BotoCoreError) as error:
        lines.append(line_from(check.subject, error, permission=account.last_permission))
    except WriteRefusedError:
        raise
    except Exception as error:  # noqa: BLE001 - an answer that no check expects must not hide what the others found
        lines.append(
            unreadable(
                check.subject,
                f"{account.last_permission} answered what this program does not expect: {error!r}",
                "Check it in the console, and report this line.",
            )
        )
    return lines
