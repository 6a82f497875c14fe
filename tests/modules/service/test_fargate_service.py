"""A service: its connections, permissions, subnets, start and stop."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import yaml

from modules.errors import WiringError
from modules.policy import Statement
from tests.modules.service.parts import Parts, actions, cluster_settings, policy, service_template
from tests.template import Template


def test_only_the_load_balancer_reaches_the_tasks() -> None:
    rule = service_template().only("aws_vpc_security_group_ingress_rule")
    assert (rule["from_port"], rule["to_port"], rule["ip_protocol"]) == (8443, 8443, "tcp")
    assert "load-balancer" in rule["referenced_security_group_id"]


def test_tasks_run_in_private_subnets_without_a_public_address() -> None:
    network = service_template().only("aws_ecs_service")["network_configuration"]
    assert network["assign_public_ip"] is False
    assert len(network["subnets"]) == 2
    assert all("private" in subnet for subnet in network["subnets"])


def test_tasks_can_only_connect_to_what_was_allowed() -> None:
    parts = Parts.make()
    service = parts.service()
    before = Template.of(parts.stack).all("aws_vpc_security_group_egress_rule").values()
    assert not [r for r in before if "api_security-group" in r["security_group_id"]]
    service.allow_to_internet()
    service.allow_to_s3("pl-1")
    after = Template.of(parts.stack).all("aws_vpc_security_group_egress_rule").values()
    own = [r for r in after if "api_security-group" in r["security_group_id"]]
    assert sorted((r.get("cidr_ipv4", ""), r.get("prefix_list_id", ""), r["from_port"]) for r in own) == [
        ("", "pl-1", 443),
        ("0.0.0.0/0", "", 443),
    ]


def test_a_service_that_takes_no_requests_has_no_ingress() -> None:
    made = service_template(path_patterns=(), priority=None)
    assert not made.all("aws_vpc_security_group_ingress_rule")


def test_the_execution_role_pulls_its_own_images_and_writes_its_own_log() -> None:
    found = policy(service_template(), "execution-role")
    assert actions(found) == {
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "logs:DescribeLogStreams",
        "ecr:GetAuthorizationToken",
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:GetDownloadUrlForLayer",
        "ecr:BatchImportUpstreamImage",
    }
    copied = [s["Resource"] for s in found if "ecr:BatchImportUpstreamImage" in s["Action"]]
    assert copied == ["arn:aws:ecr:us-east-1:444444444444:repository/copies/placeholder"]
    everywhere = [s["Action"] for s in found if s["Resource"] == "*"]
    assert everywhere == ["ecr:GetAuthorizationToken"]


def test_the_application_has_no_permissions_until_it_is_granted_some() -> None:
    made = service_template()
    assert not [name for name in made.all("aws_iam_role_policy") if "task-role" in name]
    roles = made.only("aws_ecs_task_definition")
    assert roles["task_role_arn"] != roles["execution_role_arn"]


def test_a_late_grant_is_destroyed_after_the_service() -> None:
    parts = Parts.make()
    service = parts.service()
    service.add_to_policy(Statement(actions=("s3:GetObject",), resources=("arn:aws:s3:::one/*",)))
    made = Template.of(parts.stack)
    assert actions(policy(made, "task-role")) == {"s3:GetObject"}
    depends = made.only("aws_ecs_service")["depends_on"]
    assert any(d.startswith("aws_iam_role_policy.api_task-role_permissions") for d in depends)
    assert any(d.startswith("aws_iam_role_policy.api_execution-role_permissions") for d in depends)
    assert any(d.startswith("aws_lb_listener_rule.api_target_production") for d in depends)
    assert all(d.removeprefix("aws_").count(".") == 1 and "$" not in d for d in depends)


def test_a_shell_needs_the_clusters_setting_and_is_logged() -> None:
    assert service_template().only("aws_ecs_service")["enable_execute_command"] is False
    parts = Parts.make(cluster=cluster_settings(execute_command=True))
    parts.service()
    made = Template.of(parts.stack)
    assert made.only("aws_ecs_service")["enable_execute_command"] is True
    found = policy(made, "task-role")
    assert {"ssmmessages:OpenDataChannel", "logs:PutLogEvents", "kms:Decrypt"} <= actions(found)
    task = json.loads(made.only("aws_ecs_task_definition")["container_definitions"])[0]
    paths = {mount["containerPath"] for mount in task["mountPoints"]}
    assert {"/managed-agents", "/var/lib/amazon/ssm", "/var/log/amazon/ssm"} <= paths


def test_the_deregistration_delay_and_the_stop_timeout_are_equal() -> None:
    made = service_template(drain_seconds=45)
    group = made.only("aws_lb_target_group")
    task = json.loads(made.only("aws_ecs_task_definition")["container_definitions"])[0]
    assert group["deregistration_delay"] == "45"
    assert task["stopTimeout"] == 45


def test_codedeploy_gets_the_network_and_the_capacity_that_terraform_ignores() -> None:
    parts = Parts.make(strategy="blue_green")
    service = parts.service(spot_percent=50, on_demand_count=1)
    (resource,) = yaml.safe_load(service.release_files()["appspec.yaml"])["Resources"]
    properties = resource["TargetService"]["Properties"]
    assert properties["TaskDefinition"] == "<TASK_DEFINITION>"
    assert properties["LoadBalancerInfo"] == {"ContainerName": "api", "ContainerPort": 8443}
    assert properties["NetworkConfiguration"]["AwsvpcConfiguration"]["AssignPublicIp"] == "DISABLED"
    assert len(properties["NetworkConfiguration"]["AwsvpcConfiguration"]["Subnets"]) == 2
    assert properties["CapacityProviderStrategy"] == [
        {"CapacityProvider": "FARGATE", "Base": 1, "Weight": 50},
        {"CapacityProvider": "FARGATE_SPOT", "Base": 0, "Weight": 50},
    ]


def test_a_worker_has_a_taskdef_file_and_no_appspec_file() -> None:
    parts = Parts.make(strategy="blue_green")
    assert list(parts.service(path_patterns=(), priority=None).release_files()) == ["taskdef.json"]


def test_a_service_with_paths_needs_a_load_balancer() -> None:
    parts = replace(Parts.make(), load_balancer=None)
    with pytest.raises(WiringError, match="api: api has path_patterns: pass a load balancer and topics"):
        parts.service()


def test_a_service_without_paths_needs_none() -> None:
    parts = replace(Parts.make(), load_balancer=None)
    parts.service(path_patterns=(), priority=None)
    assert Template.of(parts.stack).only("aws_ecs_service")["desired_count"] == 2
