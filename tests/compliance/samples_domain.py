"""Samples for the rules on DNS and certificates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.compliance.samples import sample, stack

if TYPE_CHECKING:
    from synthesis.manifest import Stack

_WAIT = "wait-for-people-ends-with-the-session"
_DELEGATED = "zone-is-delegated-by-the-zone-above"
_VALIDATION = "aws_acm_certificate_validation.web"
_CHILD = {
    "aws_route53_zone.zone": {"name": "dev.users.example.com"},
    "aws_acm_certificate.web": {"domain_name": "dev.users.example.com"},
}


def _parent(name: str, *delegated: str, layer: str = "domain") -> Stack:
    records = {
        f"aws_route53_record.delegation-{number}": {
            "zone_id": "${aws_route53_zone.zone.zone_id}",
            "type": "NS",
            "name": zone,
        }
        for number, zone in enumerate(delegated)
    }
    return stack({"aws_route53_zone.zone": {"name": name}, **records}, environment="prod", layer=layer)


SAMPLES = (
    *(
        sample(_WAIT, {_VALIDATION: {"timeouts": {"create": "45m"}}}, {_VALIDATION: bad}, says=says)
        for bad, says in (
            ({"timeouts": {"create": "2h"}}, "waits for 2h"),
            ({"timeouts": {"create": "30m30m"}}, "waits for 30m30m"),
            ({"timeouts": {"create": "3600s"}}, "waits for 3600s"),
            ({}, "has no timeouts.create"),
        )
    ),
    sample(
        _WAIT,
        {"aws_sns_topic_subscription.a": {"protocol": "email"}},
        {"aws_sns_topic_subscription.a": {"protocol": "https", "confirmation_timeout_in_minutes": 60}},
        says="waits for 60m",
    ),
    sample(
        _DELEGATED,
        {"aws_route53_zone.zone": {"name": "users-dev.example.com"}, "aws_acm_certificate.web": {}},
        _CHILD,
        says='is below "users.example.com", and prod-domain has no NS record for it',
        others=(_parent("users.example.com"),),
    ),
    sample(
        _DELEGATED,
        {"aws_route53_zone.zone": {"name": "dev.users.example.com"}},  # not delegated yet, so without a certificate
        _CHILD,
        says="prod-middle has no NS record for it",
        others=(
            _parent("example.com", "dev.users.example.com"),
            _parent("users.example.com", "staging.users.example.com", layer="middle"),
        ),
    ),
    sample(
        _DELEGATED,
        _CHILD,
        {**_CHILD, "aws_route53_zone.zone": {"name": "qa.users.example.com"}},
        says="prod-domain has no NS record",
        others=(_parent("users.example.com", "dev.users.example.com"),),
    ),
)
