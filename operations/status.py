"""`make status`: what runs, which release, what is on, and what a tunnel left.

It reads, but for one thing: the rule that a killed tunnel left in the group of a database is removed, and it says so.
What cannot be read is said in its place; the other lines are printed all the same.
"""

from __future__ import annotations

from datetime import UTC
from functools import partial
from typing import TYPE_CHECKING, Final

from console.table import table
from operations import alarms, databases, tunnel_tasks
from operations.account import OtherAccountError
from operations.choice import service_stacks
from operations.drift import describe_drift
from operations.left_open import close_left
from operations.running import read_running
from operations.sleep import describe_sleep
from preflight.platform import Platform
from runner.errors import FAILED, OK, RunnerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from operations.account import Account
    from operations.running import Running
    from runner.results import Result
    from synthesis.manifest import Stack

_HEADING: Final = ("service", "desired", "running", "release", "digest", "deployment")


def show_status(
    environments: Sequence[Mapping[str, Stack]],
    *,
    account_of: Callable[[str], Account],
    plan: Callable[[Mapping[str, Stack]], list[Result]] | None = None,
    say: Callable[[str], None] = print,
) -> int:
    """Print the status of environments; return 1 if something of one could not be read.

    Args:
        environments: The stacks of each.
        account_of: The account of the credentials, in a region.
        plan: Plans all stacks of an environment; without it, drift is not looked for, as it takes minutes.
        say: Prints for a person.

    Raises:
        RunnerError: There is one environment, and the credentials are not for it; or there are no valid ones.
    """
    code = OK
    for stacks in environments:
        platform = Platform(stacks)
        account = account_of(platform.home_region)
        try:
            account.require(platform.account_id, platform.environment)
        except OtherAccountError as error:
            if len(environments) == 1:
                raise
            say(f"{error.message}\n")
            continue
        say(f"{platform.environment}: account {platform.account_id}, {platform.home_region}")
        for name, describe in (*_PARTS, ("drift", partial(_drift, plan=plan))):
            lines: list[str] = []
            try:
                with account.using(name):
                    lines.extend(describe(account, stacks))
            except RunnerError as error:
                code = FAILED
                lines.append(f"{name:9} {error.message} {error.remedy}")
            for line in lines:
                say("\n".join(f"  {part}" for part in line.split("\n")))
        say("")
    return code


def _sleep(account: Account, stacks: Mapping[str, Stack]) -> Iterator[str]:
    yield f"{'sleep':9} {describe_sleep(account, stacks)}"


def _services(account: Account, stacks: Mapping[str, Stack]) -> Iterator[str]:
    for stack in service_stacks(stacks):
        there = f" in {stack.region}" if stack.stands_by else ""
        found = read_running(account.elsewhere(stack.region), stack)
        if found is None:
            yield f"{'services':9} not applied yet{there}: make apply ENV={stack.environment} LAYER={stack.name}"
            continue
        steady = sum(one.is_steady for one in found)
        yield f"{'services':9} {steady} of {len(found)} steady{there}"
        yield _indented(table([_HEADING, *map(_row, found)]))


def _row(one: Running) -> tuple[str, ...]:
    return (one.service, str(one.desired), str(one.running), one.release, one.digest, one.deployment or "-")


def _alarms(account: Account, stacks: Mapping[str, Stack]) -> Iterator[str]:
    by_region = alarms.names_by_region(stacks.values())
    found = [(region, one) for region in sorted(by_region) for one in _read(account, region, by_region[region])]
    if not found:
        yield f"{'alarms':9} none is on, of {sum(map(len, by_region.values()))}"
        return
    yield f"{'alarms':9} {len(found)} on"
    rows = [("alarm", "since", "region", "what to do")]
    rows += [(one.name, _time(one.since), region, one.runbook or "-") for region, one in found]
    yield _indented(table(rows))


def _read(account: Account, region: str, names: set[str]) -> list[alarms.Alarm]:
    return alarms.read_alarms(account.elsewhere(region), names)


def _tunnels(account: Account, stacks: Mapping[str, Stack]) -> Iterator[str]:
    """The tunnels that are open; a rule that one left is removed."""
    for stack in service_stacks(stacks):
        tunnel, there = stack.tunnel, account.elsewhere(stack.region)
        group = tunnel_tasks.security_group(there, tunnel) if tunnel else None
        if tunnel is None or group is None:
            continue
        for task in tunnel_tasks.running(there, tunnel):
            since = f" since {_time(task.started)}" if task.started else ""
            yield f"{'tunnels':9} {task.session}{since}; to end it: {_stop(tunnel.cluster, task.id, stack.region)}"
        groups = databases.groups(there, tunnel.databases)
        left = close_left(there, tunnel, group=group, database_groups=groups)
        if left:
            yield f"{'tunnels':9} removed {left} rules that a tunnel had left in {', '.join(groups)}"


def _stop(cluster: str, task: str, region: str) -> str:
    return f"aws ecs stop-task --region {region} --cluster {cluster} --task {task}"


def _drift(
    _: Account, stacks: Mapping[str, Stack], *, plan: Callable[[Mapping[str, Stack]], list[Result]] | None
) -> Iterator[str]:
    environment = Platform(stacks).environment
    if plan:
        yield from describe_drift(stacks, environment, plan)
        return
    again = f"make status ENV={environment} DRIFT=1"
    yield f"{'drift':9} {again} plans all stacks; each night an issue on GitHub says it (docs/workflows.md#drift)"


_PARTS: Final = (
    ("sleep", _sleep),
    ("services", _services),
    ("alarms", _alarms),
    ("tunnels", _tunnels),
)


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.split("\n"))


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
