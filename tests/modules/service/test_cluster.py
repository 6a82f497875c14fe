"""The cluster: on-demand by default, with log groups for everything it writes."""

from __future__ import annotations

from tests.modules.service.parts import Parts, cluster_settings
from tests.template import Template

INSIGHTS = "/aws/ecs/containerinsights/user-management-test-cluster/performance"


def test_nothing_runs_on_spot_by_default() -> None:
    providers = Template.of(Parts.make().stack).only("aws_ecs_cluster_capacity_providers")
    assert providers["capacity_providers"] == ["FARGATE", "FARGATE_SPOT"]
    assert providers["default_capacity_provider_strategy"] == [{"capacity_provider": "FARGATE", "weight": 1}]


def test_the_log_group_of_container_insights_is_created_before_the_cluster() -> None:
    template = Template.of(Parts.make().stack)
    group = template.only("aws_cloudwatch_log_group", name=INSIGHTS)
    assert group["retention_in_days"] == 30
    assert "kms_key_id" in group
    depends = template.only("aws_ecs_cluster")["depends_on"]
    assert any(d.startswith("aws_cloudwatch_log_group.cluster_insights") for d in depends)


def test_without_container_insights_there_is_no_log_group_for_it() -> None:
    template = Template.of(Parts.make(cluster=cluster_settings(container_insights="disabled")).stack)
    assert template.only("aws_ecs_cluster")["setting"] == [{"name": "containerInsights", "value": "disabled"}]
    groups = template.all("aws_cloudwatch_log_group").values()
    assert [group["name"] for group in groups] == ["/user-management/test/service/sessions"]


def test_sessions_are_encrypted_and_logged() -> None:
    cluster = Template.of(Parts.make().stack).only("aws_ecs_cluster")
    sessions = cluster["configuration"]["execute_command_configuration"]
    assert sessions["logging"] == "OVERRIDE"
    assert sessions["kms_key_id"] == "${aws_kms_key.key.arn}"
    assert sessions["log_configuration"]["cloud_watch_log_group_name"] == "/user-management/test/service/sessions"
