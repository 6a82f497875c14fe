"""A VPC for tests of the layer `network`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from modules.network.vpc import Vpc
from tests.fixtures import fixture_environment
from tests.template import LABEL, Template, new_stack

if TYPE_CHECKING:
    from collections.abc import Mapping

PORTS = {"postgres": 5432, "documentdb": 27017}


def vpc_template(
    environment: str = "prod",
    nat_gateways: Literal["per_zone", "single", "none"] = "per_zone",
    *,
    nat_gateway_zone: str | None = None,
    web: bool = False,
    ports: Mapping[str, int] = PORTS,
) -> Template:
    """A stack with only the VPC of an environment."""
    stack = new_stack()
    settings = fixture_environment(environment).network.model_copy(
        update={"nat_gateways": nat_gateways, "nat_gateway_zone": nat_gateway_zone}
    )
    Vpc(stack, "vpc", config=settings, label=LABEL, web=web, database_ports=ports)
    return Template.of(stack)
