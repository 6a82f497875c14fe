"""The firewall before CloudFront."""

from __future__ import annotations

from typing import TYPE_CHECKING

from acceptance.firewall import web_acl_problems

if TYPE_CHECKING:
    from collections.abc import Iterator

    import boto3

    from config.environment import Environment


def check_firewall_matches_the_settings(environment: Environment, session: boto3.Session) -> Iterator[str]:
    """It is for CloudFront, in us-east-1."""
    if environment.edge is not None:
        yield from web_acl_problems(environment, session, "CLOUDFRONT")
