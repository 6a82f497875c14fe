"""Security groups that start without rules, and their rules: `database.allow_from(service)`."""

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
    from cdktf import TerraformResource

    from modules.network.network import Network

_HIGHEST_PORT: Final = 65_535


@dataclass(frozen=True, kw_only=True)
class Port:
    """A TCP or UDP port, or a range of them."""

    first: int
    last: int
    protocol: str = "tcp"

    def __post_init__(self) -> None:
        if not 0 <= self.first <= self.last <= _HIGHEST_PORT:
            message = (
                f"ports {self.first} to {self.last} are not a valid range; they must be between 0 and {_HIGHEST_PORT}"
            )
            raise ValueError(message)

    @staticmethod
    def tcp(number: int) -> Port:
        """One TCP port."""
        return Port(first=number, last=number)

    @property
    def range(self) -> dict[str, Any]:
        """The range as arguments of a security group rule."""
        return {"from_port": self.first, "to_port": self.last, "ip_protocol": self.protocol}

    def __str__(self) -> str:
        """The form in ids and descriptions: `tcp-443`, `udp-1024-65535`."""
        ports = f"{self.first}" if self.first == self.last else f"{self.first}-{self.last}"
        return f"{self.protocol}-{ports}"


class Connectable(Protocol):
    """A construct with a security group, which can allow others."""

    @property
    def connections(self) -> Connections:
        """Its security group and the port it listens on."""


class Connections:
    """One security group and its rules.

    A rule is one resource per direction. Both are in the stack of the peer that asked for them; otherwise the two
    stacks would depend on each other.
    """

    def __init__(self, owner: Construct, *, group_id: str, name: str, port: Port | None = None) -> None:
        """Describe how `owner` is reached.

        Args:
            owner: The parent of the rules that it asks for.
            group_id: The id of its security group.
            name: Its name in the descriptions of rules.
            port: The port it listens on; None if it only connects to others.
        """
        self.owner = owner
        self.group_id = group_id
        self.name = name
        self._port = port

    def allow_from(self, peer: Connectable, *, port: Port | None = None) -> list[TerraformResource]:
        """Allow `peer` to reach this on `port`, or on the port it listens on.

        Returns:
            The two rules, for what uses the connection during the apply.

        Raises:
            WiringError: Neither has a port.
        """
        other, port = peer.connections, self._port_or_own(port)
        peer_group, own_group = ({"referenced_security_group_id": one.group_id} for one in (other, self))
        return [
            self._add_ingress(other.owner, f"into-{self.name}", other.name, port, **peer_group),
            other._add_egress(f"to-{self.name}", self.name, port, **own_group),  # noqa: SLF001
        ]

    def allow_from_cidr(self, cidr: str, *, name: str, port: Port | None = None) -> None:
        """Allow an IPv4 block to reach this; `name` is a word for the block."""
        self._add_ingress(self.owner, f"from-{name}", name, self._port_or_own(port), cidr_ipv4=cidr)

    def allow_from_group(self, group_id: str, *, name: str, port: Port | None = None) -> None:
        """Allow the members of a group that AWS manages, whose own rules allow the way out; `name` is a word for it."""
        port = self._port_or_own(port)
        self._add_ingress(self.owner, f"from-{name}", name, port, referenced_security_group_id=group_id)

    def allow_from_prefix_list(self, prefix_list_id: str, *, name: str, port: Port | None = None) -> None:
        """Allow the addresses of a prefix list to reach this; `name` is a word for them."""
        self._add_ingress(self.owner, f"from-{name}", name, self._port_or_own(port), prefix_list_id=prefix_list_id)

    def allow_to_cidr(self, cidr: str, *, name: str, port: Port) -> list[TerraformResource]:
        """Allow this to reach an IPv4 block; `name` is a word for the block. Returns the rule."""
        return [self._add_egress(f"to-{name}", name, port, cidr_ipv4=cidr)]

    def allow_to_prefix_list(self, prefix_list_id: str, *, name: str, port: Port) -> None:
        """Allow this to reach a prefix list, like the service of a gateway endpoint."""
        self._add_egress(f"to-{name}", name, port, prefix_list_id=prefix_list_id)

    def allow_out_to(self, peer: Connectable, *, port: Port | None = None) -> list[TerraformResource]:
        """Allow this to reach `peer`, whose own group lets it in only while something else adds a rule there.

        Returns:
            The rule.

        Raises:
            WiringError: The peer has no port, and none is given.
        """
        other = peer.connections
        port = other._port_or_own(port)  # noqa: SLF001
        return [self._add_egress(f"to-{other.name}", other.name, port, referenced_security_group_id=other.group_id)]

    def _add_ingress(self, scope: Construct, id_: str, caller: str, port: Port, **peer: Any) -> TerraformResource:  # noqa: ANN401 (one of three)
        return VpcSecurityGroupIngressRule(
            scope,
            f"{id_}-{port}",
            security_group_id=self.group_id,
            description=f"{caller} to {self.name}",
            **port.range,
            **peer,
        )

    def _add_egress(self, id_: str, called: str, port: Port, **peer: Any) -> TerraformResource:  # noqa: ANN401 (one of three)
        return VpcSecurityGroupEgressRule(
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
            raise WiringError(self.owner, f"{self.name} has no port: pass port=Port.tcp(...)")
        return chosen


class SecurityGroup(Construct):
    """A security group without rules; `connections` adds them."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        label: Label,
        vpc: Network,
        name: str,
        description: str,
        port: Port | None = None,
    ) -> None:
        super().__init__(scope, id_)
        self._group = AwsSecurityGroup(
            self,
            "Default",
            # A prefix, because a group in use is replaced by creating one with another name first.
            name_prefix=label.name(name, limit=NameLimit.SECURITY_GROUP_PREFIX) + "-",
            description=description,
            vpc_id=vpc.id,
            revoke_rules_on_delete=True,  # rules of other stacks would block its deletion
            tags=label.name_tag(name),
            lifecycle=TerraformResourceLifecycle(
                create_before_destroy=True,
                # A new group would be without the rules of other stacks until they are applied.
                ignore_changes=["description"],
            ),
        )
        self._connections = Connections(self, group_id=self._group.id, name=name, port=port)

    @cached_property
    def id(self) -> str:
        """Id of the group."""
        return self._group.id

    @property
    def connections(self) -> Connections:
        """Adds rules to it."""
        return self._connections
