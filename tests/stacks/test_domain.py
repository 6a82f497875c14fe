"""Layer `domain` as the committed environments get it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from config.environment import Environment
    from tests.template import Template


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_the_viewers_certificate_is_where_cloudfront_is_and_in_its_region(
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
    assert not stack.all("aws_route53_record")  # the proof is the other certificate's


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_a_new_zones_name_servers_are_printed_with_what_to_do(stacks: dict[str, Template], environment: str) -> None:
    stack = stacks[f"{environment}-domain"]
    assert stack.output("name_servers") == "${aws_route53_zone.zone.name_servers}"
    assert str(stack.output("next_step")).startswith("Once: make an NS record for ")
