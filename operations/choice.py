"""Which stack, database or service a command is about; what is not there is found before anything is called."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from operations.databases import DOCUMENTDB, POSTGRES
from runner.errors import RunnerError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from synthesis.manifest import Stack, Tunnel

LAYER: Final = "service"
_KINDS: Final = (DOCUMENTDB, POSTGRES)


def service_stacks(stacks: Mapping[str, Stack]) -> list[Stack]:
    """The stacks of services, that of the environment's own region first."""
    return sorted((stack for stack in stacks.values() if stack.layer == LAYER), key=lambda stack: stack.stands_by)


def service_stack(stacks: Mapping[str, Stack], region: str | None) -> Stack:
    """The services of a region; without one, of the environment's own.

    Raises:
        RunnerError: No service is there, or none is synthesized.
    """
    found = service_stacks(stacks)
    if not found:
        environment = next(iter(stacks.values())).environment
        message = f"{environment} has no services yet: its zone is not delegated."
        raise RunnerError(message, f"Set `delegated = true` in environments/{environment}.toml: docs/domain.md")
    if not region:
        return found[0]
    for stack in found:
        if stack.region == region:
            return stack
    message = f"REGION={region}: {found[0].environment} has no services there."
    raise RunnerError(message, f"It has services in {listed(stack.region for stack in found)}.")


def tunnel_stack(stacks: Mapping[str, Stack], region: str | None) -> Stack:
    """The stack of a region with what runs a tunnel.

    Raises:
        RunnerError: It has none; the message says which setting decides that.
    """
    stack = service_stack(stacks, region)
    if stack.tunnel is None:
        environment = stack.environment
        message = f"{environment} has nothing that runs a tunnel."
        raise RunnerError(
            message,
            f"In environments/{environment}.toml it needs [postgres] or [documentdb], `tunnels = true` in [cluster], "
            'and NAT gateways or the interface endpoint "ssmmessages": docs/day-2.md#a-tunnel',
        )
    return stack


def choose_end(stack: Stack, to: str | None) -> tuple[Tunnel, str, str]:
    """What runs the tunnel, the kind of database and its identifier.

    Raises:
        RunnerError: TO is missing, is not a kind of database, or names one that the environment does not have.
    """
    tunnel, environment = stack.tunnel, stack.environment
    ends = tunnel.databases if tunnel else {}
    if not to:
        message = "TO is missing."
        raise RunnerError(message, f"For example: make tunnel ENV={environment} TO={max(ends, default=POSTGRES)}")
    if to not in _KINDS:
        message = f"TO={to} is not a database; {allowed(to, _KINDS)}."
        raise RunnerError(message, f"{environment} has {listed(ends)}.")
    if tunnel is None or to not in ends:
        where = f"{environment} in {stack.region}" if stack.stands_by else environment
        message = f"TO={to}: {where} has no database of that kind to connect to."
        raise RunnerError(message, f"It has {listed(ends)}; a table [{to}] in environments/{environment}.toml adds it.")
    return tunnel, to, ends[to]


def allowed(value: str, choices: Iterable[str]) -> str:
    """What is allowed instead of a value, with the one that it looks like."""
    every = sorted(choices)
    close = get_close_matches(value, every, n=1)
    return f"did you mean {close[0]}? Allowed: {', '.join(every)}" if close else f"allowed: {', '.join(every)}"


def listed(names: Iterable[str]) -> str:
    """Names in a sentence."""
    return ", ".join(sorted(names)) or "none"
