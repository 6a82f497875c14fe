"""What is made in a network needs of it what its type says, and nothing else of the platform's VPC."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from modules.function import Function
from modules.key import Key
from modules.network.connections import SecurityGroup
from modules.network.flow_logs import FlowLogs
from tests.modules.topics import topics_in
from tests.template import LABEL, Template, new_stack

if TYPE_CHECKING:
    from cdktf import TerraformStack

    from modules.network.network import Network, WorkloadNetwork

ID: Final = "vpc-0123456789abcdef0"
SUBNETS: Final = ["subnet-0a", "subnet-0b"]


@dataclass
class Bare:
    """A network with an id only."""

    id: str = ID


@dataclass
class BareForFunctions(Bare):
    """And subnets."""

    private_subnet_ids: list[str] = field(default_factory=lambda: SUBNETS)


def key(stack: TerraformStack, name: str = "key") -> Key:
    return Key(stack, name, label=LABEL, name=name, description=name, protect=False)


def test_security_groups_and_flow_logs_need_an_id() -> None:
    stack, network = new_stack(), Bare()
    bare: Network = network
    SecurityGroup(stack, "group", label=LABEL, vpc=bare, name="one", description="One")
    FlowLogs(stack, "logs", retention_days=30, label=LABEL, vpc=bare, key=key(stack))
    made = Template.of(stack)
    assert made.only("aws_security_group")["vpc_id"] == ID
    assert made.only("aws_flow_log")["vpc_id"] == ID


def test_a_function_is_in_the_private_subnets_with_a_group_of_its_own() -> None:
    stack = new_stack()
    network: WorkloadNetwork = BareForFunctions()
    Function(
        stack,
        "function",
        label=LABEL,
        folder="jwt_rotation",
        description="Rotates",
        variables={},
        timeout_seconds=30,
        key=key(stack),
        logs_key=key(stack, "logs-key"),
        log_retention_days=30,
        topics=topics_in(stack),
        vpc=network,
    )
    made = Template.of(stack)
    assert made.only("aws_security_group")["vpc_id"] == ID
    place = made.only("aws_lambda_function")["vpc_config"]
    assert place["subnet_ids"] == SUBNETS
    (group,) = made.all("aws_security_group")
    assert place["security_group_ids"] == [f"${{aws_security_group.{group}.id}}"]
