"""Layer `data` of the test environments."""

from __future__ import annotations

import json
import re
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from config.parameters import URLS
from lambdas.database_roles.settings import Settings
from tests.fixtures import ENVIRONMENTS
from tests.template import statements

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from config.environment import Environment
    from tests.template import Template

every_environment = pytest.mark.parametrize("environment", ENVIRONMENTS)
PREFIX = "/user-management/{}/"


def arguments(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every string of a document with the name of its argument."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from arguments(item, key)
    elif isinstance(value, list):
        for item in value:
            yield from arguments(item, path)
    elif isinstance(value, str):
        yield path, value


def test_prod_has_the_databases_of_the_design(stacks: dict[str, Template]) -> None:
    data = stacks["prod-data"]
    postgres = data.only("aws_db_instance")
    assert (postgres["instance_class"], postgres["multi_az"], postgres["backup_retention_period"]) == (
        "db.t3.medium",
        True,
        7,
    )
    nodes = data.all("aws_docdb_cluster_instance").values()
    assert [node["instance_class"] for node in nodes] == ["db.t3.medium"] * 3
    assert data.only("aws_docdb_cluster")["backup_retention_period"] == 7


@pytest.mark.parametrize(("environment", "nodes", "proxies"), [("dev", 1, 0), ("staging", 3, 1), ("prod", 3, 1)])
def test_environments_differ_by_their_settings(
    stacks: dict[str, Template], environment: str, nodes: int, proxies: int
) -> None:
    data = stacks[f"{environment}-data"]
    assert len(data.all("aws_docdb_cluster_instance")) == nodes
    assert len(data.all("aws_db_proxy")) == proxies


@every_environment
def test_every_parameter_is_encrypted_write_only_and_where_services_look_for_it(
    stacks: dict[str, Template], environments: dict[str, Environment], environment: str
) -> None:
    config = environments[environment]
    parameters = list(stacks[f"{environment}-data"].all("aws_ssm_parameter").values())
    shared = [name for name in config.parameter_names if name not in URLS]
    roles = (*config.postgres_roles, *config.documentdb_roles)
    urls = [role.url_name for role in roles if not role.is_for_drills]
    logins = [store for role in roles if not role.is_proxied for store in role.stores.values()]
    names = sorted(parameter["name"] for parameter in parameters)
    assert names == sorted(PREFIX.format(environment) + name for name in (*shared, *urls, *logins))
    assert {parameter["type"] for parameter in parameters} == {"SecureString"}
    assert not any("value" in parameter for parameter in parameters)


@every_environment
def test_no_secret_is_in_the_json_or_in_an_argument_that_the_state_stores(
    stacks: dict[str, Template], environment: str
) -> None:
    data = stacks[f"{environment}-data"]
    resources = data.document["resource"]
    secret = [name for name, text in arguments(resources) if "ephemeral." in text]
    # The master of DocumentDB is stored and read back; both secrets of JWTs; the rest is made by functions.
    assert sorted(secret) == ["master_password_wo", "secret_string_wo", "value_wo", "value_wo"]
    kept = {"password", "master_password", "secret_string", "secret_binary", "value", "insecure_value"}
    # A parameter of a parameter group and a metric of a log have a value too, which is not secret.
    plain = {"aws_db_parameter_group", "aws_docdb_cluster_parameter_group", "aws_cloudwatch_log_metric_filter"}
    others = {kind: named for kind, named in resources.items() if kind not in plain}
    assert not [name for name, _ in arguments(others) if name in kept]
    assert "ephemeral." not in json.dumps(data.document["output"])


@every_environment
def test_what_terraform_generates_is_written_to_one_place(stacks: dict[str, Template], environment: str) -> None:
    generated = re.findall(
        r"ephemeral\.aws_secretsmanager_random_password\.([\w-]+)", json.dumps(stacks[f"{environment}-data"].document)
    )
    assert sorted(generated) == ["documentdb_master_generated", "jwt_first-current", "jwt_first-previous"]


@every_environment
def test_the_layer_itself_allows_only_the_proxy_and_the_functions_of_the_roles(
    stacks: dict[str, Template], environments: dict[str, Environment], environment: str
) -> None:
    rules = stacks[f"{environment}-data"].all("aws_vpc_security_group_ingress_rule").values()
    postgres = environments[environment].postgres
    with_proxy = {"postgres-proxy to postgres", "postgres-roles to postgres-proxy"}
    assert {rule["description"] for rule in rules} == {
        "postgres-roles to postgres",
        "documentdb-roles to documentdb",
        *(with_proxy if postgres and postgres.proxy else ()),
    }
    assert all(rule["referenced_security_group_id"] for rule in rules)


@every_environment
def test_the_functions_know_the_roles_of_the_settings_and_the_cluster_of_the_services(
    stacks: dict[str, Template], environments: dict[str, Environment], environment: str, output: Path
) -> None:
    config = environments[environment]
    cluster = stacks[f"{environment}-service"].only("aws_ecs_cluster")["name"]
    services = {one["name"] for one in stacks[f"{environment}-service"].all("aws_ecs_service").values()}
    for engine, roles in (("postgres", config.postgres_roles), ("documentdb", config.documentdb_roles)):
        package = output / "stacks" / f"{environment}-data" / "lambdas" / f"{engine}-roles.zip"
        with zipfile.ZipFile(package) as archive:
            settings = Settings.parse(archive.read("database_roles/settings.json").decode())
        assert [role.name for role in settings.roles] == [role.name for role in roles]
        assert settings.cluster == cluster
        assert {service for role in settings.roles for service in role.services} <= services
        assert (settings.stops is not None) is (config.cost is not None and config.cost.sleep is not None)


@every_environment
def test_a_service_gets_the_url_of_its_own_role(
    stacks: dict[str, Template], environments: dict[str, Environment], environment: str
) -> None:
    role = environments[environment].services["backend"].postgres_role
    wanted = f"aws_ssm_parameterpostgres_roles_stores_{role}-url"
    assert wanted in str(stacks[f"{environment}-service"].all("aws_ecs_task_definition"))
    reads = stacks[f"{environment}-service"].named("aws_iam_role_policy.backend-service_execution-role_permissions")
    assert wanted in reads["policy"]


@every_environment
def test_a_service_may_sign_in_by_token_only_where_its_role_does(
    stacks: dict[str, Template], environments: dict[str, Environment], environment: str
) -> None:
    by_token = {role.name for role in environments[environment].postgres_roles if role.iam}
    granted = {
        arn.rpartition("/")[2].removesuffix("_a").removesuffix("_b")
        for policy in stacks[f"{environment}-service"].all("aws_iam_role_policy").values()
        for one in statements(policy["policy"])
        if one["Action"] == "rds-db:connect"
        for arn in one["Resource"]
    }
    services = environments[environment].services.values()
    assert granted == {one.postgres_role for one in services if one.postgres_role in by_token}


@every_environment
def test_protection_follows_the_setting(
    stacks: dict[str, Template], environments: dict[str, Environment], environment: str
) -> None:
    data, protected = stacks[f"{environment}-data"], environments[environment].protect_data
    stateful = ("aws_db_instance", "aws_docdb_cluster", "aws_s3_bucket", "aws_kms_key")
    for kind in stateful:
        for resource in data.all(kind).values():
            assert resource.get("lifecycle", {}).get("prevent_destroy", False) is protected


@every_environment
def test_rds_may_publish_the_events_of_the_databases_to_every_topic(
    stacks: dict[str, Template], environment: str
) -> None:
    topics = stacks[f"{environment}-notifications"]
    for policy in topics.all("aws_sns_topic_policy").values():
        (allowed,) = [one for one in statements(policy["policy"]) if one["Sid"] == "AllowDatabaseEvents"]
        assert allowed["Principal"] == {"Service": "events.rds.amazonaws.com"}
    key = topics.only("aws_kms_key")["policy"]
    assert "events.rds.amazonaws.com" in key


@every_environment
def test_the_alarms_of_the_databases_fit_the_settings(
    stacks: dict[str, Template], environments: dict[str, Environment], environment: str
) -> None:
    alarms = stacks[f"{environment}-data"].all("aws_cloudwatch_metric_alarm").values()
    names = {alarm["alarm_name"].removeprefix(f"user-management-{environment}-") for alarm in alarms}
    config = environments[environment]
    assert config.postgres
    assert ("postgres-proxy-query-time" in names) is (config.postgres.proxy is not None)
    assert ("postgres-slow-statements" in names) is (config.postgres.proxy is None)
    assert config.documentdb
    absent = {name for name in names if name.startswith("documentdb-") and name.endswith("absence")}
    assert len(absent) == (1 if config.documentdb.instances == 1 else 1 + config.documentdb.instances)
