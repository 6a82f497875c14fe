"""Layer `data` of the test environments."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.fixtures import ENVIRONMENTS
from tests.template import statements

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    parameters = list(stacks[f"{environment}-data"].all("aws_ssm_parameter").values())
    wanted = environments[environment].parameter_names
    names = sorted(parameter["name"] for parameter in parameters)
    assert names == [PREFIX.format(environment) + name for name in wanted]
    assert {parameter["type"] for parameter in parameters} == {"SecureString"}
    assert not any("value" in parameter for parameter in parameters)


@every_environment
def test_no_secret_is_in_the_json_or_in_an_argument_that_the_state_stores(
    stacks: dict[str, Template], environment: str
) -> None:
    data = stacks[f"{environment}-data"]
    resources = data.document["resource"]
    secret = [(name, text) for name, text in arguments(resources) if "ephemeral." in text]
    assert len(secret) >= 8
    assert {name for name, _ in secret} <= {
        "password_wo",
        "master_password_wo",
        "secret_string_wo",
        "value_wo",
    }
    kept = {"password", "master_password", "secret_string", "secret_binary", "value", "insecure_value"}
    # A parameter of a parameter group and a metric of a log have a value too, which is not secret.
    plain = {"aws_db_parameter_group", "aws_docdb_cluster_parameter_group", "aws_cloudwatch_log_metric_filter"}
    others = {kind: named for kind, named in resources.items() if kind not in plain}
    assert not [name for name, _ in arguments(others) if name in kept]
    assert "ephemeral." not in json.dumps(data.document["output"])


@every_environment
def test_everything_with_a_password_gets_it_together_with_the_database(
    stacks: dict[str, Template], environment: str
) -> None:
    resources = stacks[f"{environment}-data"].document["resource"]
    versions: dict[str, set[int]] = {}
    for named in resources.values():
        for resource in named.values():
            for argument in ("password_wo", "master_password_wo", "secret_string_wo", "value_wo"):
                for password in re.findall(r"ephemeral\.\w+\.([\w-]+)", resource.get(argument) or ""):
                    versions.setdefault(password, set()).add(resource[f"{argument}_version"])
    assert set(versions) == {"postgres_password", "documentdb_password", "jwt_first-current", "jwt_first-previous"}
    assert all(len(found) == 1 for found in versions.values())


@every_environment
def test_the_layer_itself_allows_only_the_proxy(stacks: dict[str, Template], environment: str) -> None:
    rules = stacks[f"{environment}-data"].all("aws_vpc_security_group_ingress_rule").values()
    assert {rule["description"] for rule in rules} <= {"postgres-proxy to postgres"}
    assert all(rule["referenced_security_group_id"] for rule in rules)


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
