"""The check of the firewall finds a web ACL that is missing or is not what the settings say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from acceptance.checks import edge
from acceptance.firewall import web_acl_problems
from config.firewall import FirewallSettings
from tests.modules.edge.firewalls import firewall, in_api_form, rules_of

if TYPE_CHECKING:
    from acceptance.account import EmulatedSession
    from config.environment import Environment

NAME: Final = "user-management-prod-web"
OWN: Final = "arn:aws:wafv2:us-east-1:333333333333:global/webacl/own/11111111-2222-3333-4444-555555555555"
HIDDEN: Final = [{"SingleHeader": {"Name": name}} for name in ("authorization", "cookie")]


@pytest.fixture
def prod(environments: dict[str, Environment]) -> Environment:
    return environments["prod"].model_copy(update={"firewall": FirewallSettings()})


def make(session: EmulatedSession, redacted: Any = None, **settings: Any) -> None:
    """A web ACL with the rules of other settings, and its log."""
    waf: Any = session.client("wafv2")
    seen = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": NAME}
    rules = [in_api_form(rule) for rule in rules_of(firewall(**settings)).values()]
    made = waf.create_web_acl(
        Name=NAME, Scope="CLOUDFRONT", DefaultAction={"Allow": {}}, Rules=rules, VisibilityConfig=seen
    )["Summary"]
    arn = f"arn:aws:logs:us-east-1:{session.get_credentials().access_key}:log-group:aws-waf-logs-x"
    log = {"ResourceArn": made["ARN"], "LogDestinationConfigs": [arn], "RedactedFields": redacted or HIDDEN}
    waf.put_logging_configuration(LoggingConfiguration=log)


def problems(prod: Environment, session: EmulatedSession) -> list[str]:
    return list(edge.check_firewall_matches_the_settings(prod, session))


def test_one_that_matches_has_no_problem(prod: Environment, session: EmulatedSession) -> None:
    make(session)
    assert problems(prod, session) == []


def test_one_that_is_missing_is_found(prod: Environment, session: EmulatedSession) -> None:
    assert problems(prod, session) == [f"there is no web ACL {NAME} with the scope CLOUDFRONT"]


def test_one_that_only_counts_is_found(prod: Environment, session: EmulatedSession) -> None:
    make(session, mode="count")
    assert problems(prod, session) == ["the web ACL only counts, and mode is block"]


def test_one_that_needs_more_than_was_checked_is_found(prod: Environment, session: EmulatedSession) -> None:
    make(session, upload_paths=("/a/",))
    assert problems(prod, session) == ["the web ACL needs 1200 WCUs, and the settings were checked for 1177"]


def test_a_log_that_shows_a_header_is_found(prod: Environment, session: EmulatedSession) -> None:
    make(session, redacted=HIDDEN[:1])
    assert problems(prod, session) == ["the log of the web ACL shows cookie"]


def test_without_a_web_acl_of_its_own_there_is_nothing_to_check(prod: Environment, session: EmulatedSession) -> None:
    for settings in (None, FirewallSettings(web_acl_arn=OWN)):
        other = prod.model_copy(update={"firewall": settings})
        assert list(web_acl_problems(other, session, "CLOUDFRONT")) == []
