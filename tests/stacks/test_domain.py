"""Layer `domain` of the test environments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from config.environment import Environment
    from tests.template import Template


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_the_viewers_certificate_is_in_the_layer_and_region_of_cloudfront(
    stacks: dict[str, Template], environments: dict[str, Environment], environment: str
) -> None:
    if not environments[environment].edge:
        assert f"{environment}-edge" not in stacks
        return
    stack = stacks[f"{environment}-edge"]
    (provider,) = stack.document["provider"]["aws"]
    assert provider["region"] == "us-east-1"
    regional = stacks[f"{environment}-domain"].only("aws_acm_certificate")
    assert stack.only("aws_acm_certificate")["domain_name"] == regional["domain_name"]
    assert not stack.all("aws_route53_record")  # the other certificate has the validation records


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_a_new_zones_name_servers_are_printed_with_what_to_do(stacks: dict[str, Template], environment: str) -> None:
    stack = stacks[f"{environment}-domain"]
    assert stack.output("name_servers") == "${aws_route53_zone.zone.name_servers}"
    assert str(stack.output("next_step")).startswith("Once: make an NS record for ")
