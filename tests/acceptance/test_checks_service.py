"""Each check of the services runs on an account where something is wrong, and where a service is missing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from acceptance.checks import service
from config.firewall import FirewallSettings
from tests.acceptance.made import CLUSTER, Made
from tests.config.examples import present

if TYPE_CHECKING:
    from acceptance.account import EmulatedSession
    from config.environment import Environment


@pytest.fixture
def dev(environments: dict[str, Environment], session: EmulatedSession) -> Environment:
    return environments["dev"].model_copy(update={"account_id": session.get_credentials().access_key})


@pytest.fixture
def made(session: EmulatedSession, dev: Environment) -> Made:
    return Made(session, dev)


def test_a_missing_an_unknown_and_a_wrong_service_are_reported(
    made: Made, session: EmulatedSession, dev: Environment
) -> None:
    made.service("backend", count=7)
    made.service("stranger", subnet=made.subnet("10.2.51.0/24"))
    first, *others = service.check_services_match_the_settings(dev, session)
    assert first.startswith("the services: {")
    assert "stranger" in first.partition("wanted")[0]
    assert "frontend" in first.partition("wanted")[2]
    assert others == ["tasks of backend: 7, wanted 1", "shells in backend: False, wanted True"]


def test_an_account_without_any_service_is_reported(made: Made, session: EmulatedSession, dev: Environment) -> None:
    made.ecs.create_cluster(clusterName=CLUSTER)
    (problem,) = service.check_services_match_the_settings(dev, session)
    assert problem.startswith("the services: set(), wanted {")


def test_a_service_of_another_strategy_is_found(made: Made, session: EmulatedSession, dev: Environment) -> None:
    blue_green = dev.model_copy(update={"deployment": dev.deployment.model_copy(update={"strategy": "blue_green"})})
    made.service("backend")
    found = list(service.check_services_match_the_settings(blue_green, session))
    assert "controller of backend: ECS, wanted CODE_DEPLOY" in found


def test_a_task_in_a_public_subnet_with_a_public_address_is_reported(
    made: Made, session: EmulatedSession, dev: Environment
) -> None:
    subnet = made.public_subnet("10.2.1.0/24")
    made.service("backend", subnet=subnet, public="ENABLED")
    problems = list(service.check_tasks_are_in_private_subnets_without_public_addresses(dev, session))
    assert problems == [
        "public address of backend: ENABLED, wanted DISABLED",
        "subnets of backend: {'10.2.1.0/24'}, wanted {'10.2.10.0/24'}",
        f"backend runs in {subnet}, which has a route to an internet gateway",
    ]


def test_a_task_in_a_subnet_without_its_own_route_table_is_reported(
    made: Made, session: EmulatedSession, dev: Environment
) -> None:
    subnet = made.subnet("10.2.10.0/24")
    made.service("backend", subnet=subnet)
    (problem,) = service.check_tasks_are_in_private_subnets_without_public_addresses(dev, session)
    assert problem == f"backend runs in {subnet}, which has no route table of its own"


def test_a_container_without_hardening_and_with_an_unknown_secret_is_reported(
    made: Made, session: EmulatedSession, dev: Environment
) -> None:
    made.service("stranger", subnet=made.subnet("10.2.51.0/24"))
    secret = {"name": "DATABASE_URL", "valueFrom": "arn:aws:ssm:us-east-1:900000000001:parameter/stolen"}
    made.service(
        "backend",
        cpu="512",
        memory="1024",
        execution_role="task",
        application={"readonlyRootFilesystem": False, "user": "0", "secrets": [secret]},
    )
    *others, last = service.check_containers_are_hardened_and_have_no_secret(dev, session)
    assert others == [
        "size of backend: ('512', '1024', 'ARM64'), wanted ('256', '512', 'ARM64')",
        "backend has one role for the task and for its execution",
        "read-only root of backend: False, wanted True",
        "user of backend: 0, wanted 1000:1000",
    ]
    assert last.startswith(
        "secrets of backend: {'DATABASE_URL': 'arn:aws:ssm:us-east-1:900000000001:parameter/stolen'}"
    )


def test_images_of_others_and_tags_that_can_be_moved_are_reported(
    made: Made, session: EmulatedSession, dev: Environment
) -> None:
    host = f"{dev.account_id}.dkr.ecr.us-east-1.amazonaws.com"
    ecr = session.client("ecr")
    ecr.create_repository(repositoryName="copies/python", imageTagMutability="IMMUTABLE")
    ecr.create_repository(repositoryName="moved")
    images = {
        "good": f"{host}/copies/python:3",
        "pinned": f"{host}/moved@sha256:{'a' * 64}",
        "public": "public.ecr.aws/docker/library/python:3",
        "unknown": f"{host}/unknown:3",
        "moved": f"{host}/moved:3",
    }
    for number, (name, image) in enumerate(images.items(), start=60):
        made.service(name, subnet=made.subnet(f"10.2.{number}.0/24"), application={"image": image})
    assert sorted(service.check_images_can_be_pulled_and_never_change(dev, session)) == [
        f"the image of moved in moved: the tag of {host}/moved:3 can be moved",
        f"the image of public in public: public.ecr.aws/docker/library/python:3 is not in {host}",
        f"the image of unknown in unknown: {host}/unknown:3 is in no repository of the account",
    ]


def test_a_service_whose_absence_has_no_alarm_is_reported(session: EmulatedSession, dev: Environment) -> None:
    alarm = {
        "EvaluationPeriods": 3,
        "MetricName": "HealthyHostCount",
        "Namespace": "AWS/ApplicationELB",
        "Statistic": "Maximum",
        "Period": 60,
        "Threshold": 1,
        "ComparisonOperator": "LessThanThreshold",
    }
    cloudwatch = session.client("cloudwatch")
    cloudwatch.put_metric_alarm(AlarmName="user-management-dev-backend-absence", TreatMissingData="missing", **alarm)
    found = list(service.check_absence_of_each_service_is_watched(dev, session))
    assert sorted(found) == [
        (
            "the alarm on absence of backend: ('missing', 'LessThanThreshold', True), "
            "wanted ('breaching', 'LessThanThreshold', True)"
        ),
        "the alarm on absence of frontend: None, wanted ('breaching', 'LessThanThreshold', True)",
    ]


def test_an_internal_load_balancer_with_lax_settings_is_reported(
    made: Made, session: EmulatedSession, dev: Environment
) -> None:
    lax = {
        "deletion_protection.enabled": "true",
        "routing.http.desync_mitigation_mode": "monitor",
        "routing.http.drop_invalid_header_fields.enabled": "false",
    }
    logs = ("access_logs.s3.enabled", "connection_logs.s3.enabled")
    made.elb.modify_load_balancer_attributes(
        LoadBalancerArn=made.balancer(), Attributes=[{"Key": key, "Value": value} for key, value in lax.items()]
    )
    first, second = service.check_load_balancer_matches_the_settings(dev, session)
    assert first == "the load balancer's scheme: internal, wanted internet-facing"
    assert second == (
        f"the load balancer's attributes: {lax | dict.fromkeys(logs)}, "
        f"wanted {dict(zip(lax, ('false', 'strictest', 'true'), strict=True)) | dict.fromkeys(logs, 'true')}"
    )


def test_a_public_load_balancer_without_its_firewall_is_reported(
    made: Made, session: EmulatedSession, dev: Environment
) -> None:
    made.balancer()
    assert list(service.check_public_load_balancer_has_its_firewall(dev, session)) == [
        "the load balancer has no web ACL",
        "there is no web ACL user-management-dev-web with the scope REGIONAL",
    ]
    without = dev.model_copy(update={"firewall": None})
    assert list(service.check_public_load_balancer_has_its_firewall(without, session)) == []


def test_a_public_load_balancer_with_another_firewall_is_reported(
    made: Made, session: EmulatedSession, dev: Environment
) -> None:
    waf: Any = session.client("wafv2")
    seen = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "other"}
    other = waf.create_web_acl(Name="other", Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=seen)
    arn = other["Summary"]["ARN"]
    waf.associate_web_acl(WebACLArn=arn, ResourceArn=made.balancer())
    own = FirewallSettings(web_acl_arn=f"{arn[:-12]}{'0' * 12}")
    wrong = dev.model_copy(update={"firewall": own})
    assert list(service.check_public_load_balancer_has_its_firewall(wrong, session)) == [
        f"the load balancer has the web ACL {arn}, not {own.web_acl_arn}"
    ]


def test_listeners_with_old_tls_and_plain_http_are_reported(
    made: Made, session: EmulatedSession, dev: Environment
) -> None:
    balancer = made.balancer()
    made.https_listener(balancer)
    for port in (80, 8080):
        made.listener(balancer, port, "HTTP")
    first, *others = service.check_listeners_take_only_modern_tls(dev, session)
    assert first.startswith("the listeners' ports: {")
    wanted = present(dev.load_balancer).tls_policy
    assert f"TLS policy of the listener on port 443: ELBSecurityPolicy-2016-08, wanted {wanted}" in others
    assert "protocol of the listener on port 8080: HTTP, wanted HTTPS" in others
    assert "what the listener on port 80 does: ['fixed-response'], wanted ['redirect']" in others


def test_a_rule_with_a_wrong_target_is_reported(made: Made, session: EmulatedSession, dev: Environment) -> None:
    listener = made.https_listener(made.balancer())
    group = made.elb.create_target_group(
        Name="backend", Protocol="HTTP", Port=8080, VpcId=made.vpc, TargetType="ip", HealthCheckPath="/"
    )["TargetGroups"][0]["TargetGroupArn"]
    made.elb.create_rule(
        ListenerArn=listener,
        Priority=7,
        Conditions=[{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/api/*"]}}],
        Actions=[{"Type": "forward", "TargetGroupArn": group}],
    )
    (problem,) = service.check_rules_send_each_path_to_its_service(dev, session)
    assert problem.startswith("the rules on port 443: {('7', ('/api/*',), 8080, 'HTTP', '/')}, wanted {(")


def test_wrong_bounds_and_missing_metrics_are_reported(session: EmulatedSession, dev: Environment, made: Made) -> None:
    made.service("backend")
    scaling: Any = session.client("application-autoscaling")
    scaling.register_scalable_target(
        ServiceNamespace="ecs",
        ResourceId=f"service/{CLUSTER}/user-management-dev-backend",
        ScalableDimension="ecs:service:DesiredCount",
        MinCapacity=0,
        MaxCapacity=99,
    )
    problems = list(service.check_scaling_matches_the_settings(dev, session))
    assert problems[0] == "frontend does not scale"
    assert problems[1] == "bounds of backend: (0, 99), wanted (1, 2)"
    assert problems[2].startswith("metrics of backend: set(), wanted {")


def test_a_missing_a_stale_and_an_unresolved_release_file_are_reported(
    session: EmulatedSession, dev: Environment
) -> None:
    s3: Any = session.client("s3")
    bucket = f"user-management-dev-release-files-{dev.account_id}"
    s3.create_bucket(Bucket=bucket)
    problems = list(service.check_release_files_are_complete(dev, session))
    assert [one.partition(", wanted")[0] for one in problems] == ["the services with a taskdef.json: set()"]

    body = json.dumps({"image": "nginx:1", "taskRoleArn": "${aws_iam_role.task.arn}"})
    s3.put_object(Bucket=bucket, Key="backend/taskdef.json", Body=body.encode())
    s3.put_object(Bucket=bucket, Key="backend/appspec.yaml", Body=b"version: 0.0")
    first, *others = service.check_release_files_are_complete(dev, session)
    assert first.startswith("the services with a taskdef.json: {'backend'}, wanted {")
    assert others == [
        "backend/taskdef.json has no placeholder for the next image",
        "backend/taskdef.json has an unresolved reference",
    ]


def test_a_setting_that_looks_like_a_reference_is_not_an_unresolved_one(
    session: EmulatedSession, dev: Environment
) -> None:
    text = '"${aws_iam_role.task.arn}"'
    backend = dev.services["backend"].model_copy(update={"environment": {"A": text}, "command": (text,)})
    s3: Any = session.client("s3")
    bucket = f"user-management-dev-release-files-{dev.account_id}"
    s3.create_bucket(Bucket=bucket)
    body = json.dumps({"image": "<IMAGE1_NAME>", "environment": {"A": text}, "command": [text]})
    s3.put_object(Bucket=bucket, Key="backend/taskdef.json", Body=body.encode())
    changed = dev.model_copy(update={"services": {"backend": backend}})
    assert list(service.check_release_files_are_complete(changed, session)) == []


def test_without_a_load_balancer_none_is_looked_for(session: EmulatedSession, dev: Environment) -> None:
    without = dev.model_copy(update={"load_balancer": None})
    for check in (
        service.check_load_balancer_matches_the_settings,
        service.check_listeners_take_only_modern_tls,
        service.check_rules_send_each_path_to_its_service,
    ):
        assert list(check(without, session)) == []
