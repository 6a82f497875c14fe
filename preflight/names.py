"""Whether the names that the environment will create are free, or are its own already.

Own is what has the environment's tags `Project` and `Environment`, which the provider puts on everything that it
creates. That costs no access to the states, which hold more than a check should read, and it is right for what an
interrupted apply left out of the state: the next apply takes that over. Only where there is no state at all, neither
in the bucket nor in the folder of an unfinished bootstrap, is something with these tags a problem: the first apply
would create it again.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from preflight.account import error_code
from preflight.check import Check
from preflight.line import Line, ok, problem
from preflight.named import KINDS, TakenError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from preflight.account import Account
    from preflight.named import NamedKind
    from preflight.platform import Platform

_OTHER_NAME: Final = (
    "Choose another name in environments/project.toml before the first apply; or delete what has this one, or take it "
    "over: `terraform import`."
)
_LEFTOVER: Final = "It is left from an earlier environment: delete it, or take it over: `terraform import`."
_GLOBAL: Final = ""


class StateProbe:
    """Whether the environment has a state."""

    def __init__(self, platform: Platform, account: Account, local: Path) -> None:
        """Look only when asked.

        Args:
            platform: The environment.
            account: Its account.
            local: The state of an unfinished bootstrap.
        """
        self._platform, self._account, self._local = platform, account, local

    def exists(self) -> bool:
        """Whether there is a state bucket, or a local state."""
        return self._local.is_file() or bool(self._account.once("state bucket", self._bucket_exists))

    def _bucket_exists(self) -> bool:
        client = self._account.client("s3", self._platform.home_region)
        try:
            client.head_bucket(Bucket=self._platform.state_bucket)
        except ClientError as error:
            if error_code(error) == "404":
                return False
            raise
        return True


def checks(platform: Platform, account: Account, state: StateProbe) -> Iterator[Check]:
    """A check for each type of resource with names, in each of its regions."""
    for kind in KINDS:
        for region in [_GLOBAL] if kind.is_global else platform.regions_with(kind.type):
            names = sorted(platform.names(kind.type, kind.argument, region=region or None))
            if not names:
                continue
            subject = f"names of {kind.title}" + (f", {region}" if region else "")
            yield Check(
                subject,
                partial(_lines, subject, names, kind, region, platform=platform, account=account, state=state),
            )


def _lines(
    subject: str,
    names: list[str],
    kind: NamedKind,
    region: str,
    *,
    platform: Platform,
    account: Account,
    state: StateProbe,
) -> Iterator[Line]:
    free = own = 0
    for name in names:
        try:
            tags = kind.lookup(account, region or platform.home_region, name)
        except TakenError as error:
            yield problem(subject, f"{name} {error}", error.fix or _OTHER_NAME)
            continue
        if tags is None:
            free += 1
        elif not platform.owns(tags):
            yield problem(subject, f"{name} exists, without the tags of this environment", _OTHER_NAME)
        elif not state.exists():
            yield problem(subject, f"{name} exists with the tags of this environment, which has no state", _LEFTOVER)
        else:
            own += 1
    counts = [f"{free} free"] if free else []
    counts += [f"{own} this environment's"] if own else []
    if free + own == len(names):
        yield ok(subject, ", ".join(counts))
