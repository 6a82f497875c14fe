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
    stack = stacks[f"{environment}-domain"]
    elsewhere = [c for c in stack.all("aws_acm_certificate").values() if "provider" in c]
    if not environments[environment].edge.enabled:
        assert elsewhere == []
        return
    assert [c["provider"] for c in elsewhere] == ["aws.us-east-1"]
    main, alias = stack.document["provider"]["aws"]
    assert (alias["alias"], alias["region"]) == ("us-east-1", "us-east-1")
    for setting in ("default_tags", "allowed_account_ids"):
        assert alias[setting] == main[setting]


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_a_new_zones_name_servers_are_printed_with_what_to_do(stacks: dict[str, Template], environment: str) -> None:
    stack = stacks[f"{environment}-domain"]
    assert stack.output("name_servers") == "${aws_route53_zone.zone.name_servers}"
    assert str(stack.output("next_step")).startswith("Once: make an NS record for ")
