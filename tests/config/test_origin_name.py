"""The name under which CloudFront reaches the load balancer is free, found, and fits on the certificate."""

from __future__ import annotations

import json

from tests.config.examples import changed, parsed, refusal

ZONE = 'zone_name = "users.example.com"'


def with_names(*names: str) -> str:
    return changed((ZONE, f"{ZONE}\nalternative_names = {json.dumps(names)}"))


def test_it_is_below_the_name_that_users_type() -> None:
    assert parsed(changed()).origin_name == "origin.users.example.com"


def test_it_cannot_also_lead_to_cloudfront() -> None:
    assert refusal(with_names("www.users.example.com", "origin.users.example.com")) == [
        (
            'domain.alternative_names[1] = "origin.users.example.com": is the name of the load balancer behind '
            "CloudFront; remove it, or remove [edge]"
        )
    ]


def test_it_is_not_in_a_zone_of_other_name_servers() -> None:
    servers = '["ns-1.example.net", "ns-2.example.net"]'
    toml = changed(("[domain.delegations]", f'[domain.delegations]\n"origin.users.example.com" = {servers}'))
    (line,) = refusal(toml)
    assert line == (
        'domain.delegations."origin.users.example.com": is the name of the load balancer behind CloudFront, which must '
        "be in this zone; use another name for that zone, or remove [edge]"
    )


def test_without_cloudfront_there_is_none() -> None:
    toml = changed(("[edge]", "# [edge]"))
    assert parsed(toml).origin_name is None
