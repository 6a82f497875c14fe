"""`make tunnel`: a way from this machine to a database, for one person, as long as the command runs.

A task of its own is started, the database's group lets it in, and Session Manager forwards a port of this machine
through the agent in the task. However it ends, by Ctrl-C, an error or a closed terminal, the rule is removed and the
task is stopped. After a `kill -9` the task ends by itself, and the next `make tunnel` or `make status` removes the
rule.
"""

from __future__ import annotations

import signal
import socket
import threading
import time
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from operations import databases, tunnel_rules, tunnel_tasks
from operations.choice import choose_end, tunnel_stack
from operations.left_open import close_left
from operations.sign_in import how_to_sign_in
from preflight.account import error_code
from preflight.platform import Platform
from runner.errors import FAILED, INTERRUPTED, OK, RunnerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import FrameType

    from operations.account import Account
    from operations.databases import Database
    from operations.plugin import Forwarder
    from operations.tunnel_tasks import Task
    from synthesis.manifest import Stack, Tunnel

_DOCUMENT: Final = "AWS-StartPortForwardingSessionToRemoteHost"
_NOT_CONNECTED: Final = "TargetNotConnected"
_CONNECT_SECONDS: Final = 60
_STEP_SECONDS: Final = 2
LOCAL_PORTS: Final = {databases.POSTGRES: 15432, databases.DOCUMENTDB: 37017}
"""The ports of this machine, if none is asked for and they are free."""


class _EndedError(Exception):
    """A signal asks this program to end."""


@dataclass(frozen=True, kw_only=True)
class _Way:
    """What a tunnel consists of, before it is open."""

    account: Account
    environment: str
    tunnel: Tunnel
    group: str
    """Id of the security group of its task."""
    database: Database
    database_groups: Sequence[str]
    """Ids of the groups of all databases that a tunnel can lead to, so that the last one closes them all."""
    session: str

    def using(self, subject: str) -> Any:  # noqa: ANN401 - a context manager
        """See `Account.using`."""
        return self.account.using(subject)


def open_tunnel(
    stacks: Mapping[str, Stack],
    to: str | None,
    region: str | None,
    port: int,
    *,
    account_of: Callable[[str], Account],
    find_forwarder: Callable[[], Forwarder],
    say: Callable[[str], None] = print,
    pause: Callable[[float], None] = time.sleep,
) -> int:
    """Open a tunnel to a database, and wait until a person ends it; return the exit code.

    Args:
        stacks: All of the environment.
        to: `postgres` or `documentdb`.
        region: The second region; None is the environment's own.
        port: The port of this machine; 0 for the usual one, or any if that is taken.
        account_of: The account in a region.
        find_forwarder: Finds what carries the bytes; called before anything is started.
        say: Prints for a person.
        pause: Waits between two looks.

    Raises:
        RunnerError: There is no such database, it sleeps, the plugin or a permission is missing, or AWS failed.
    """
    stack = tunnel_stack(stacks, region)
    tunnel, kind, identifier = choose_end(stack, to)
    forward = find_forwarder()
    local_port = _local_port(port, LOCAL_PORTS[kind])
    account = account_of(stack.region)
    caller = account.require(Platform(stacks).account_id, stack.environment)
    database = databases.find(account, kind, identifier, stack.environment)
    with account.using("the task definition of the tunnel"):
        group = tunnel_tasks.security_group(account, tunnel)
    with account.using(f"the databases of {stack.environment}"):
        database_groups = databases.groups(account, tunnel.databases)
    if group is None:
        message = f"The tunnel of {stack.environment} is not applied yet."
        raise RunnerError(message, f"Apply it first: make apply ENV={stack.environment} LAYER={stack.name}")
    way = _Way(
        account=account,
        environment=stack.environment,
        tunnel=tunnel,
        group=group,
        database=database,
        database_groups=database_groups,
        session=tunnel_tasks.session_name(caller),
    )
    say(f"Starting the task of a tunnel to {database.identifier}, as {way.session}; this takes about a minute.")
    with _ended_by_signals():
        try:
            with _open(way, say=say, pause=pause) as target:
                say(how_to_sign_in(database, region=stack.region, port=local_port))
                code = _forward(way, target, forward, local_port, pause=pause)
        except (KeyboardInterrupt, _EndedError):
            return INTERRUPTED
    if code:
        message = f"session-manager-plugin ended with {code}."
        raise RunnerError(message, "What it says is above; docs/day-2.md#if-it-does-not-open", exit_code=FAILED)
    return OK


@contextmanager
def _open(way: _Way, *, say: Callable[[str], None], pause: Callable[[float], None]) -> Iterator[str]:
    """The target of a session, while the database lets its task in."""
    task, database = None, way.database
    try:
        with way.using("the tunnel's task"):
            if close_left(way.account, way.tunnel, group=way.group, database_groups=way.database_groups):
                say(f"Removed a rule that an earlier tunnel had left in {' or '.join(way.database_groups)}.")
            task = tunnel_tasks.start(way.account, way.tunnel, group=way.group, session=way.session)
            target = tunnel_tasks.wait(way.account, way.tunnel, task, pause=pause)
            tunnel_rules.admit(way.account, database, group=way.group, session=way.session)
        yield target
    finally:
        with _undisturbed():
            _close(way, task, say=say)


def _close(way: _Way, task: Task | None, *, say: Callable[[str], None]) -> None:
    """Stop the task, then remove the rules unless another tunnel needs one; say what could not be done."""
    again = f"make status ENV={way.environment}"
    left = f"To see what is left, and close it: {again}. The task ends by itself; without it the rule admits nobody."
    try:
        with way.using("the tunnel's task"):
            # A start that was interrupted may have succeeded all the same.
            own = [task] if task else [one for one in _running(way) if one.session == way.session]
            for one in own:
                tunnel_tasks.stop(way.account, way.tunnel, one)
            others = [one for one in _running(way) if one.session != way.session]
            if others:
                say(f"The tunnel is closed; the rule stays for {', '.join(one.session for one in others)}.")
                return
            # Also the rule of another database, whose tunnel ended earlier and left it for this one.
            for each in way.database_groups:
                tunnel_rules.close(way.account, database_group=each, group=way.group)
        say("The tunnel is closed: its task is stopped, and no database lets it in.")
    except RunnerError as error:
        say(f"The tunnel may not be closed: {error.message}\n{left}")


def _running(way: _Way) -> list[Task]:
    return tunnel_tasks.running(way.account, way.tunnel)


def _forward(way: _Way, target: str, forward: Forwarder, local_port: int, *, pause: Callable[[float], None]) -> int:
    """Forward the port until the session ends."""
    request = {
        "Target": target,
        "DocumentName": _DOCUMENT,
        "Reason": f"make tunnel, {way.session}",
        "Parameters": {
            "host": [way.database.host],
            "portNumber": [str(way.database.port)],
            "localPortNumber": [str(local_port)],
        },
    }
    client = way.account.client("ssm")
    with way.using("Session Manager"):
        answer = _start_session(client, request, pause=pause)
    try:
        return forward(answer, request, region=way.account.region, endpoint=client.meta.endpoint_url)
    finally:
        # Without its task the session ends anyway.
        with _undisturbed(), suppress(BotoCoreError, ClientError):
            client.terminate_session(SessionId=answer["SessionId"])


def _start_session(
    client: Any,  # noqa: ANN401 - boto3 has no types
    request: Mapping[str, Any],
    *,
    pause: Callable[[float], None],
) -> Mapping[str, Any]:
    """Start the session; the agent needs some seconds until it is connected."""
    for _ in range(_CONNECT_SECONDS // _STEP_SECONDS):
        try:
            started: Mapping[str, Any] = client.start_session(**request)
        except ClientError as error:
            if error_code(error) != _NOT_CONNECTED:
                raise
            pause(_STEP_SECONDS)
        else:
            return started
    message = f"The agent of the tunnel's task is not connected to Session Manager after {_CONNECT_SECONDS} s."
    raise RunnerError(message, "docs/day-2.md#if-it-does-not-open", exit_code=FAILED)


def _local_port(wanted: int, usual: int) -> int:
    """A port of this machine that is free.

    Raises:
        RunnerError: The one that was asked for is taken.
    """
    for port in [wanted] if wanted else [usual, 0]:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    message = f"PORT={wanted} of this machine is taken."
    raise RunnerError(message, "Use another one, or leave it out for one that is free.")


_ENDING: Final = (signal.SIGTERM, signal.SIGHUP)


def _end(_number: int, _frame: FrameType | None) -> None:
    raise _EndedError


def _ended_by_signals() -> AbstractContextManager[None]:
    """Let SIGTERM and a closed terminal end the tunnel as Ctrl-C does."""
    return _handling(_ENDING, _end)


def _undisturbed() -> AbstractContextManager[None]:
    """Finish what closes a tunnel, whatever signal arrives."""
    return _handling((signal.SIGINT, *_ENDING), signal.SIG_IGN)


@contextmanager
def _handling(numbers: Sequence[signal.Signals], handler: Any) -> Iterator[None]:  # noqa: ANN401 - as signal takes it
    """Handle these signals, which only the main thread gets."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = [signal.signal(number, handler) for number in numbers]
    try:
        yield
    finally:
        for number, old in zip(numbers, before, strict=True):
            signal.signal(number, old)
