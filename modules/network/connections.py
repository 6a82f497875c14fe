"""Security groups that start closed, and rules that read as a sentence: `database.allow_from(service)`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Protocol

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.security_group import SecurityGroup as AwsSecurityGroup
from cdktf_cdktf_provider_aws.vpc_security_group_egress_rule import VpcSecurityGroupEgressRule
from cdktf_cdktf_provider_aws.vpc_security_group_ingress_rule import VpcSecurityGroupIngressRule
from constructs import Construct

from modules.errors import WiringError
from modules.label import Label, NameLimit

if TYPE_CHECKING:
    from modules.network.vpc import Vpc

_HIGHEST_PORT: Final = 65_535


@dataclass(frozen=True, kw_only=True)
class Port:
    """A TCP or UDP port, or a range of them."""

    first: int
    last: int
    protocol: str = "tcp"

    def __post_init__(self) -> None:
        if not 0 <= self.first <= self.last <= _HIGHEST_PORT:
            message = f"ports {self.first} to {self.last} are no range within 0 to {_HIGHEST_PORT}"
            raise ValueError(message)

    @staticmethod
    def tcp(number: int) -> Port:
        """One TCP port."""
        return Port(first=number, last=number)

    @property
    def range(self) -> dict[str, Any]:
        """As a security-group rule has it."""
        return {"from_port": self.first, "to_port": self.last, "ip_protocol": self.protocol}

    def __str__(self) -> str:
        """As ids and descriptions write it: `tcp-443`, `udp-1024-65535`."""
        ports = f"{self.first}" if self.first == self.last else f"{self.first}-{self.last}"
        return f"{self.protocol}-{ports}"


class Connectable(Protocol):
    """Something on the network that others may be let in to."""

    @property
    def connections(self) -> Connections:
        """Its security group and the port it listens on."""


class Connections:
    """One security group, and the rules that open it.

    A rule is one resource per direction and both live with the peer that asked for it, in its stack: the other way
    round the two stacks would need each other.
    """

    def __init__(self, owner: Construct, *, group_id: str, name: str, port: Port | None = None) -> None:
        """Describe how `owner` is reached.

        Args:
            owner: Rules that it asks for are made below it.
            group_id: Its security group.
            name: How rules call it.
            port: Where it listens; None for what only calls others.
        """
        self.owner = owner
        self.group_id = group_id
        self.name = name
        self._port = port

    def allow_from(self, peer: Connectable, *, port: Port | None = None) -> None:
        """Let `peer` reach this on `port`, or on the port it listens on.

        Raises:
            WiringError: Neither has named a port.
        """
        other, port = peer.connections, self._port_or_own(port)
        self._add_ingress(
            other.owner, f"into-{self.name}", other.name, port, referenced_security_group_id=other.group_id
        )
        other._add_egress(f"to-{self.name}", self.name, port, referenced_security_group_id=self.group_id)  # noqa: SLF001

    def allow_from_cidr(self, cidr: str, *, name: str, port: Port | None = None) -> None:
        """Let an IPv4 block in; `name` says in a word whose it is."""
        self._add_ingress(self.owner, f"from-{name}", name, self._port_or_own(port), cidr_ipv4=cidr)

    def allow_to_cidr(self, cidr: str, *, name: str, port: Port) -> None:
        """Let this call an IPv4 block; `name` says in a word whose it is."""
        self._add_egress(f"to-{name}", name, port, cidr_ipv4=cidr)

    def allow_to_prefix_list(self, prefix_list_id: str, *, name: str, port: Port) -> None:
        """Let this call what a prefix list holds: a gateway endpoint's service."""
        self._add_egress(f"to-{name}", name, port, prefix_list_id=prefix_list_id)

    def _add_ingress(self, scope: Construct, id_: str, caller: str, port: Port, **peer: Any) -> None:  # noqa: ANN401 (one of three)
        VpcSecurityGroupIngressRule(
            scope,
            f"{id_}-{port}",
            security_group_id=self.group_id,
            description=f"{caller} to {self.name}",
            **port.range,
            **peer,
        )

    def _add_egress(self, id_: str, called: str, port: Port, **peer: Any) -> None:  # noqa: ANN401 (one of three)
        VpcSecurityGroupEgressRule(
            self.owner,
            f"{id_}-{port}",
            security_group_id=self.group_id,
            description=f"{self.name} to {called}",
            **port.range,
            **peer,
        )

    def _port_or_own(self, port: Port | None) -> Port:
        chosen = port or self._port
        if chosen is None:
            raise WiringError(self.owner, f"{self.name} listens on no port: pass port=Port.tcp(...)")
        return chosen


class SecurityGroup(Construct):
    """A group without any rule; `connections` opens it."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        label: Label,
        vpc: Vpc,
        name: str,
        description: str,
        port: Port | None = None,
    ) -> None:
        super().__init__(scope, id_)
        self._group = AwsSecurityGroup(
            self,
            "Default",
            # A prefix, because a group in use can only be replaced by one of another name that is made first.
            name_prefix=label.name(name, limit=NameLimit.SECURITY_GROUP_PREFIX) + "-",
            description=description,
            vpc_id=vpc.id,
            revoke_rules_on_delete=True,  # rules that other stacks put on it must not keep it alive
            tags=label.name_tag(name),
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )
        self._connections = Connections(self, group_id=self._group.id, name=name, port=port)

    @cached_property
    def id(self) -> str:
        """Id of the group."""
        return self._group.id

    @property
    def connections(self) -> Connections:
        """Opens it."""
        return self._connections
