"""A VPC for tests of the layer `network`."""

from __future__ import annotations

from typing import Literal

from modules.network.vpc import Vpc
from tests.fixtures import fixture_environment
from tests.template import LABEL, Template, new_stack


def vpc_template(
    environment: str = "prod", nat_gateways: Literal["per_zone", "single", "none"] = "per_zone"
) -> Template:
    """A stack with only the VPC of an environment."""
    stack = new_stack()
    settings = fixture_environment(environment).network.model_copy(update={"nat_gateways": nat_gateways})
    Vpc(stack, "vpc", config=settings, label=LABEL)
    return Template.of(stack)
