"""Layer `service` of the test environments."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from compliance.reachability import connections
from config.parameters import URLS
from main import synthesize
from modules.service.origin import Origin
from stacks.compose import compose
from stacks.service import ServiceStack
from synthesis.manifest import Stack, read_stacks
from tests.config.examples import changed, parsed, present
from tests.fixtures import ENVIRONMENTS
from tests.template import Template, new_app

if TYPE_CHECKING:
    from pathlib import Path

    from config.environment import Environment

every_environment = pytest.mark.parametrize("environment", ENVIRONMENTS)

# Each rule gets its new priority by itself, and AWS refuses one that another rule still has: two that change places
# need an apply in between. https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SetRulePriorities.html
PRIORITIES = {"backend": 100, "frontend": 1000}


@every_environment
def test_priorities_of_the_rules_never_change(stacks: dict[str, Template], environment: str) -> None:
    rules = stacks[f"{environment}-service"].all("aws_lb_listener_rule")
    found = {(name.partition("-service")[0], rule["priority"]) for name, rule in rules.items()}
    assert found == set(PRIORITIES.items())


@every_environment
def test_the_backend_gets_the_api_paths_and_the_frontend_all_others(
    stacks: dict[str, Template], environment: str
) -> None:
    rules = stacks[f"{environment}-service"].all("aws_lb_listener_rule").values()
    paths = {rule["priority"]: rule["condition"][0]["path_pattern"]["values"] for rule in rules}
    assert paths == {100: ["/api/*"], 1000: ["/*"]}


@every_environment
def test_the_load_balancer_is_internal_behind_cloudfront(
    stacks: dict[str, Template], environments: dict[str, Environment], environment: str
) -> None:
    balancer = stacks[f"{environment}-service"].only("aws_lb")
    assert balancer["internal"] is (environments[environment].edge is not None)
    assert balancer["enable_deletion_protection"] is environments[environment].protect_data


@every_environment
def test_no_shell_and_no_spot_in_production(stacks: dict[str, Template], environment: str) -> None:
    services = stacks[f"{environment}-service"].all("aws_ecs_service").values()
    assert len(services) == 2
    providers = {share["capacity_provider"] for s in services for share in s["capacity_provider_strategy"]}
    shells = {s["enable_execute_command"] for s in services}
    assert (providers, shells) == {
        "dev": ({"FARGATE_SPOT"}, {True}),
        "staging": ({"FARGATE", "FARGATE_SPOT"}, {True}),
        "prod": ({"FARGATE"}, {False}),
    }[environment]


@every_environment
def test_the_deployment_strategy_follows_the_setting(
    stacks: dict[str, Template], environments: dict[str, Environment], environment: str
) -> None:
    stack = stacks[f"{environment}-service"]
    controllers = {s["deployment_controller"]["type"] for s in stack.all("aws_ecs_service").values()}
    strategy = environments[environment].deployment.strategy
    assert controllers == {{"rolling": "ECS", "blue_green": "CODE_DEPLOY"}[strategy]}


@every_environment
def test_each_service_of_codedeploy_has_its_group_and_its_hook(
    stacks: dict[str, Template], environments: dict[str, Environment], environment: str
) -> None:
    stack = stacks[f"{environment}-service"]
    groups = stack.all("aws_codedeploy_deployment_group").values()
    services = {group["ecs_service"]["service_name"] for group in groups}
    hooks = {
        name.split("-appspec")[0].split("_")[-1]: "AfterAllowTestTraffic" in file["content"]
        for name, file in stack.all("aws_s3_object").items()
        if "appspec" in name
    }
    is_blue_green = environments[environment].deployment.strategy == "blue_green"
    assert len(services) == len(groups) == (2 if is_blue_green else 0)
    assert hooks == {"backend": is_blue_green, "frontend": is_blue_green}
    assert len(stack.all("aws_codedeploy_deployment_config")) == (1 if is_blue_green else 0)


def test_production_runs_two_tasks_of_each_over_two_zones(stacks: dict[str, Template]) -> None:
    stack = stacks["prod-service"]
    for service in stack.all("aws_ecs_service").values():
        assert service["desired_count"] == 2
        assert len(service["network_configuration"]["subnets"]) == 2
    assert {t["min_capacity"] for t in stack.all("aws_appautoscaling_target").values()} == {2}


def application(stack: Template, service: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        stack.named(f"aws_ecs_task_definition.{service}-service_task")["container_definitions"]
    )[0]
    return found


@every_environment
def test_secrets_are_references_to_parameters_and_nothing_else(stacks: dict[str, Template], environment: str) -> None:
    stack = stacks[f"{environment}-service"]
    secrets = {secret["name"]: secret["valueFrom"] for secret in application(stack, "backend")["secrets"]}
    assert set(secrets) == {"DATABASE_URL", "DOCUMENTDB_URL", "EMAIL_API_KEY"}
    assert all("aws_ssm_parameter" in reference for reference in secrets.values())
    assert application(stack, "frontend")["secrets"] == []


@every_environment
def test_every_parameter_that_settings_may_name_is_there(
    stacks: dict[str, Template], environments: dict[str, Environment], environment: str
) -> None:
    made = stacks[f"{environment}-data"].all("aws_ssm_parameter").values()
    known = set(environments[environment].parameter_names) - set(URLS)  # a url is that of the service's role
    assert known < {p["name"].removeprefix(f"/user-management/{environment}/") for p in made}


@every_environment
def test_release_files_of_each_service_are_in_its_folder(stacks: dict[str, Template], environment: str) -> None:
    keys = {o["key"] for o in stacks[f"{environment}-service"].all("aws_s3_object").values()}
    assert keys == {
        f"{service}/{name}" for service in ("frontend", "backend") for name in ("taskdef.json", "appspec.yaml")
    }


@every_environment
def test_every_log_group_has_a_retention_and_a_key(stacks: dict[str, Template], environment: str) -> None:
    groups = stacks[f"{environment}-service"].all("aws_cloudwatch_log_group").values()
    assert all("kms_key_id" in group and group["retention_in_days"] for group in groups)
    named = {group["name"] for group in groups}
    assert {f"/user-management/{environment}/service/{part}" for part in ("frontend", "backend", "sessions")} <= named


@pytest.fixture(scope="module")
def private(tmp_path_factory: pytest.TempPathFactory) -> list[Stack]:
    """Production without NAT gateways, and with a third service whose name is also used by a construct."""
    ecr = "333333333333.dkr.ecr.us-east-1.amazonaws.com"
    digest = f"sha256:{'a' * 64}"
    endpoints = ("ecr.api", "ecr.dkr", "logs", "ssm", "kms", "xray", "secretsmanager", "ecs", "codedeploy")
    toml = changed(
        ('"per_zone"', '"none"'),
        ("interface_endpoints = []", f"interface_endpoints = {json.dumps(endpoints)}"),
        ('strategy = "blue_green"', f'strategy = "blue_green"\nplaceholder_image = "{ecr}/python@{digest}"'),
        ("[cluster]", f'[cluster]\ncollector_image = "{ecr}/collector@{digest}"'),
    )
    third = "\n[services.key]\nmin_count = 0\nmax_count = 1\ncpu_units = 256\nmemory_mib = 512\n"
    folder: Path = tmp_path_factory.mktemp("private") / "cdktf.out"
    synthesize([parsed(toml + third)], folder)
    return list(read_stacks(folder).values())


def test_without_nat_gateways_services_may_not_connect_to_the_internet(private: list[Stack]) -> None:
    stacks = [stack for stack in private if stack.layer in {"network", "data", "service"}]
    found = set(map(str, connections(stacks)))
    assert not [line for line in found if "internet" in line]
    callers = ("frontend", "backend", "key", "postgres-roles", "documentdb-roles")
    assert {f"{name} -> endpoints tcp 443" for name in callers} <= found


def test_a_third_service_is_one_table_whatever_its_name(private: list[Stack]) -> None:
    by_layer = {stack.layer: Template(dict(stack.document)) for stack in private}
    assert len(by_layer["service"].all("aws_ecs_service")) == 3
    assert by_layer["registry"].only("aws_ecr_repository", name="user-management-key")
    service = by_layer["service"].only("aws_ecs_service", name="user-management-prod-key")
    assert service["deployment_controller"] == {"type": "ECS"}  # it has no traffic to shift


def test_images_of_the_own_registry_need_no_copy_and_can_be_pulled(private: list[Stack]) -> None:
    by_layer = {stack.layer: Template(dict(stack.document)) for stack in private}
    assert not by_layer["registry"].all("aws_ecr_pull_through_cache_rule")
    policies = by_layer["service"].all("aws_iam_role_policy").items()
    (backend,) = (policy["policy"] for name, policy in policies if name.startswith("backend-service_execution-role"))
    for name in ("python", "collector"):
        assert f"arn:aws:ecr:us-east-1:333333333333:repository/{name}" in backend
    assert "ecr:BatchImportUpstreamImage" not in backend
    # A revision from before these settings still has the copies of the public images.
    for name in ("docker/library/python", "aws-observability/aws-otel-collector"):
        assert f"repository/user-management-prod-public/{name}" in backend


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The connections of production with endpoints for all that the frontend needs, and with NAT gateways."""
    endpoints = 'interface_endpoints = ["ecr.api", "ecr.dkr", "logs"]'
    folder: Path = tmp_path_factory.mktemp("closed") / "cdktf.out"
    synthesize([parsed(changed(("interface_endpoints = []", endpoints)))], folder)
    stacks = [stack for stack in read_stacks(folder).values() if stack.layer in {"network", "data", "service"}]
    return set(map(str, connections(stacks)))


def test_a_service_that_does_not_call_the_internet_has_no_way_out_if_endpoints_do(closed: set[str]) -> None:
    out = {line.split(" -> ")[0] for line in closed if line.endswith("-> internet tcp 443")}
    assert "frontend" not in out, closed
    assert "backend" in out, closed


@every_environment
def test_the_names_lead_to_a_public_load_balancer_and_one_of_its_own_to_an_internal_one(
    stacks: dict[str, Template], environments: dict[str, Environment], environment: str
) -> None:
    config, stack = environments[environment], stacks[f"{environment}-service"]
    records = [record for record in stack.all("aws_route53_record").values() if record["type"] == "A"]
    names = {config.origin_name} if config.edge else set(present(config.domain).names)
    assert {record["name"] for record in records} == names
    assert {record["alias"]["name"] for record in records} == {"${aws_lb.load-balancer.dns_name}"}
    assert len(stack.all("aws_cloudfront_vpc_origin")) == (1 if config.edge else 0)


@every_environment
def test_behind_cloudfront_every_listener_has_the_certificate_of_the_own_name(
    stacks: dict[str, Template], environments: dict[str, Environment], environment: str
) -> None:
    stack = stacks[f"{environment}-service"]
    encrypted = {
        f"${{aws_lb_listener.{name}.arn}}"
        for name, listener in stack.all("aws_lb_listener").items()
        if listener["protocol"] == "HTTPS"
    }
    shown = {each["listener_arn"] for each in stack.all("aws_lb_listener_certificate").values()}
    assert shown == (encrypted if environments[environment].edge else set())


def test_the_site_is_checked_if_a_setting_says_so(stacks: dict[str, Template]) -> None:
    (record,) = stacks["dev-service"].all("aws_route53_record").values()
    assert record["health_check_id"].startswith("${aws_route53_health_check.")
    assert not stacks["prod-service"].all("aws_route53_health_check")


def test_without_vpc_origins_only_the_addresses_of_cloudfront_reach_a_public_load_balancer() -> None:
    toml = changed(("[edge]", '[edge]\norigin = "public"'))
    app = new_app()
    compose(app, [parsed(toml)])
    (service,) = (child for child in app.node.children if isinstance(child, ServiceStack))
    assert service.origin == Origin(host_name="origin.users.example.com", vpc_origin_id=None)
    stack = Template.of(service)
    assert stack.only("aws_lb")["internal"] is False
    assert stack.all("aws_cloudfront_vpc_origin") == {}
    rules = [
        rule
        for rule in stack.all("aws_vpc_security_group_ingress_rule").values()
        if "load-balancer_security-group" in rule["security_group_id"]
    ]
    assert sorted((rule["from_port"], "prefix_list_id" in rule, "cidr_ipv4" in rule) for rule in rules) == [
        (443, True, False),
        (8443, False, False),  # the smoke test
    ]


def test_cloudfront_gets_the_name_and_the_way_into_the_vpc() -> None:
    app = new_app()
    compose(app, [parsed(changed())])
    (service,) = (child for child in app.node.children if isinstance(child, ServiceStack))
    origin = present(service.origin)
    assert origin.host_name == "origin.users.example.com"
    assert origin.vpc_origin_id


@every_environment
def test_no_rule_of_a_database_lets_the_tunnel_in(stacks: dict[str, Template], environment: str) -> None:
    """`make tunnel` adds it for as long as a tunnel is open; the way out is there."""
    made = stacks[f"{environment}-service"]
    rules = {
        name: rule
        for direction in ("ingress", "egress")
        for name, rule in made.all(f"aws_vpc_security_group_{direction}_rule").items()
        if "tunnel" in name
    }
    assert {name.rpartition("_")[0] for name in rules} >= {
        "tunnel_security-group_to-documentdb-tcp-27017",
        "tunnel_security-group_to-postgres-tcp-5432",
    }
    assert not [name for name in rules if "into-postgres" in name or "into-documentdb" in name]
