"""PostgreSQL is watched on each instance; without a proxy its slow statements are counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.postgres import ProxySettings
from tests.modules.data.databases import postgres_templates

if TYPE_CHECKING:
    from tests.template import Template

PROXY = ProxySettings(max_connections_percent=90, idle_client_seconds=1800)


def names(data: Template) -> set[str]:
    prefix = "user-management-test-"
    return {alarm["alarm_name"].removeprefix(prefix) for alarm in data.all("aws_cloudwatch_metric_alarm").values()}


def test_the_query_time_comes_from_the_proxy_or_else_from_the_log() -> None:
    direct, pooled = names(postgres_templates()[0]), names(postgres_templates(proxy=PROXY)[0])
    assert "postgres-slow-statements" in direct - pooled
    assert "postgres-proxy-query-time" in pooled - direct


def test_with_all_statements_in_the_log_their_number_is_no_alarm() -> None:
    assert "postgres-slow-statements" not in names(postgres_templates(slow_query_milliseconds=0)[0])


def test_each_replica_has_alarms_and_is_in_the_subscriptions_and_queries() -> None:
    data, _ = postgres_templates(replicas=2)
    assert {"postgres-absence", "postgres-replica-1-lag", "postgres-replica-2-absence"} <= names(data)
    for subscription in data.all("aws_db_event_subscription").values():
        assert len(subscription["source_ids"]) == 3
    for query in data.all("aws_cloudwatch_query_definition").values():
        assert len(query["log_group_names"]) == 3
    assert len(data.all("aws_cloudwatch_log_metric_filter")) == 3
