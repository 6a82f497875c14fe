"""Opens a tunnel to each database of an environment on the emulator: what is open before, meanwhile and afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from emulator.databases.endpoints import find_endpoint
from emulator.reachability import Place, refusal
from emulator.registry import REGISTRY
from operations import databases, tunnel_tasks
from operations.account import Account
from operations.choice import service_stacks
from operations.tunnel import open_tunnel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import boto3

    from synthesis.manifest import Stack, Tunnel


def check_tunnels_open_and_leave_nothing(
    stacks: Mapping[str, Stack], session: boto3.Session, account_id: str
) -> Iterator[str]:
    """While a tunnel is open its task reaches the database; before and after that nothing of its group does.

    With the task definition, groups and rules as Terraform made them. What stands for the plugin forwards nothing.
    """
    for stack in service_stacks(stacks):
        tunnel = stack.tunnel
        if tunnel is None:
            continue
        for kind in tunnel.databases:
            look = Look(session=session, account_id=account_id, stack=stack, tunnel=tunnel, kind=kind)
            yield from (f"{kind} in {stack.region}: {problem}" for problem in _check(stacks, look))


@dataclass(kw_only=True)
class Look:
    """Looks at an account, also in the place of the plugin."""

    session: boto3.Session
    account_id: str
    stack: Stack
    tunnel: Tunnel
    kind: str
    meanwhile: list[str | None] = field(default_factory=list)
    """Each time that the tunnel was open, why its task did not reach the database."""

    def account_of(self, region: str) -> Account:
        """As a person's credentials."""
        return Account(self.session, region=region)

    def find(self) -> Callable[..., int]:
        """What stands for the plugin."""
        return self._forward

    def _forward(self, *_: object, **__: object) -> int:
        self.meanwhile.append(self.refusal())
        return 0

    def refusal(self) -> str | None:
        """Why a packet of the group of tunnels does not arrive at the database; None if it does."""
        account = self.account_of(self.stack.region)
        group, subnets = tunnel_tasks.security_group(account, self.tunnel), tunnel_tasks.subnets(account, self.tunnel)
        database = databases.find(account, self.kind, self.tunnel.databases[self.kind], self.stack.environment)
        with REGISTRY.lock:
            endpoint = find_endpoint(self.account_id, database.host)
            if group is None or endpoint is None:
                return "there is no task definition, or nothing answers at the name of the database"
            task = Place(self.account_id, self.stack.region, tuple(subnets), (group,))
            return refusal(task, endpoint.place, database.port)

    def tasks(self) -> int:
        """The tasks of tunnels that run."""
        return len(tunnel_tasks.running(self.account_of(self.stack.region), self.tunnel))


def _check(stacks: Mapping[str, Stack], look: Look) -> Iterator[str]:
    if look.refusal() is None:
        yield "lets the group of tunnels in while none is open"
    region = look.stack.region if look.stack.stands_by else None
    options: dict[str, Any] = {"account_of": look.account_of, "find_forwarder": look.find, "say": lambda _: None}
    open_tunnel(stacks, look.kind, region, 0, **options)
    if look.meanwhile != [None]:
        yield f"the task of an open tunnel does not reach it: {look.meanwhile or 'the tunnel was not opened'}"
    if look.refusal() is None:
        yield "still lets the group of tunnels in"
    if look.tasks():
        yield "the task of the tunnel still runs"
