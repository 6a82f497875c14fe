"""PostgreSQL is closed, encrypted, backed up and monitored; allow_from and grant_connect open it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from config.postgres import ProxySettings
from modules.data.postgres import Postgres
from tests.config.examples import present
from tests.fixtures import fixture_environment
from tests.modules.data.databases import Layers
from tests.template import statements

if TYPE_CHECKING:
    from config.postgres import PostgresSettings
    from tests.template import Template

PROXY = ProxySettings(max_connections_percent=90, idle_client_seconds=1800)
PRODUCTION = present(fixture_environment("prod").postgres)


@cache
def templates(
    *,
    protect: bool = True,
    replicas: int = 0,
    proxy: ProxySettings | None = None,
    monitoring: int = 60,
    version: str | None = None,
    password_version: int = 1,
) -> tuple[Template, Template]:
    layers = Layers.new()
    settings: PostgresSettings = PRODUCTION.model_copy(
        update={
            "replicas": replicas,
            "proxy": proxy,
            "monitoring_interval_seconds": monitoring,
            "engine_version": version,
            "password_version": password_version,
        }
    )
    postgres = Postgres(
        layers.data, "postgres", config=settings, context=layers.context(protect=protect), log_retention_days=365
    )
    group, role = layers.consumer()
    postgres.allow_from(group)
    postgres.grant_connect(role, user="api")
    return layers.templates()


def test_it_is_private_and_encrypted_with_the_key() -> None:
    instance = templates()[0].named("aws_db_instance.postgres")
    assert instance["publicly_accessible"] is False
    assert instance["storage_encrypted"] is True
    assert instance["kms_key_id"] == "${aws_kms_key.databases-key.arn}"
    assert instance["performance_insights_kms_key_id"] == "${aws_kms_key.databases-key.arn}"


def test_it_is_in_the_database_subnets_only() -> None:
    data, _ = templates()
    subnets = data.named("aws_db_subnet_group.postgres_subnets")["subnet_ids"]
    assert [subnet.partition("aws_subnetvpc_")[2].partition("_")[0] for subnet in subnets] == [
        "database-a",
        "database-b",
    ]
    assert "postgres_subnets" in data.named("aws_db_instance.postgres")["db_subnet_group_name"]


def test_tls_is_forced_and_slow_queries_are_logged() -> None:
    group = templates()[0].only("aws_db_parameter_group")
    values = {parameter["name"]: parameter["value"] for parameter in group["parameter"]}
    assert values["rds.force_ssl"] == "1"
    assert values["ssl_min_protocol_version"] == "TLSv1.2"
    assert values["log_min_duration_statement"] == "50"
    assert values["shared_preload_libraries"] == "pg_stat_statements"


def test_the_parameter_group_of_the_next_major_version_is_created_before_the_old_one_is_destroyed() -> None:
    group = templates()[0].only("aws_db_parameter_group")
    assert (group["name"], group["family"]) == ("user-management-test-postgres17", "postgres17")
    assert group["lifecycle"] == {"create_before_destroy": True}


def test_the_password_is_ephemeral_and_sent_once_per_version() -> None:
    data, _ = templates(password_version=3)
    instance = data.named("aws_db_instance.postgres")
    reference = "${ephemeral.aws_secretsmanager_random_password.postgres_password.random_password}"
    assert (instance["password_wo"], instance["password_wo_version"]) == (reference, 3)
    assert "postgres_password" in data.document["ephemeral"]["aws_secretsmanager_random_password"]
    assert "password" not in instance


def test_parameter_store_gets_the_password_in_the_same_apply_and_after_the_database() -> None:
    data, _ = templates(password_version=3)
    for name in ("password", "url"):
        entry = data.named(f"aws_ssm_parameter.postgres_parameters_{name}")
        assert entry["type"] == "SecureString"
        assert entry["value_wo_version"] == 3
        assert entry["depends_on"] == ["aws_db_instance.postgres"]
        assert "ephemeral.aws_secretsmanager_random_password.postgres_password" in entry["value_wo"]


def test_minor_upgrades_are_automatic_and_major_ones_are_not() -> None:
    instance = templates()[0].named("aws_db_instance.postgres")
    assert instance["engine_version"] == "17"
    assert instance["auto_minor_version_upgrade"] is True
    assert instance["allow_major_version_upgrade"] is False


def test_a_fixed_minor_version_is_not_upgraded() -> None:
    instance = templates(version="17.6")[0].named("aws_db_instance.postgres")
    assert (instance["engine_version"], instance["auto_minor_version_upgrade"]) == ("17.6", False)


def test_a_protected_database_cannot_be_destroyed() -> None:
    instance = templates(protect=True)[0].named("aws_db_instance.postgres")
    assert instance["deletion_protection"] is True
    assert (instance["skip_final_snapshot"], instance["final_snapshot_identifier"]) == (
        False,
        "user-management-test-postgres-final",
    )
    assert instance["lifecycle"] == {"prevent_destroy": True}
    assert instance["delete_automated_backups"] is False


def test_an_unprotected_database_can_be_destroyed() -> None:
    instance = templates(protect=False)[0].named("aws_db_instance.postgres")
    assert instance["deletion_protection"] is False
    assert instance["skip_final_snapshot"] is True
    assert {"final_snapshot_identifier", "lifecycle"}.isdisjoint(instance)


def test_its_log_groups_are_created_before_it() -> None:
    data, _ = templates()
    instance = data.named("aws_db_instance.postgres")
    assert instance["enabled_cloudwatch_logs_exports"] == ["postgresql", "upgrade"]
    for log in ("postgresql", "upgrade"):
        group = data.only("aws_cloudwatch_log_group", name=f"/aws/rds/instance/user-management-test-postgres/{log}")
        assert group["kms_key_id"] == "${aws_kms_key.logs-key.arn}"
        assert any(f"postgres_{log}-logs" in dependency for dependency in instance["depends_on"])


def test_enhanced_monitoring_has_its_own_role_or_none() -> None:
    data, _ = templates()
    assert "postgres_monitoring" in data.named("aws_db_instance.postgres")["monitoring_role_arn"]
    (trust,) = statements(data.named("aws_iam_role.postgres_monitoring")["assume_role_policy"])
    assert trust["Principal"] == {"Service": "monitoring.rds.amazonaws.com"}
    assert templates(monitoring=0)[0].all("aws_iam_role") == {}


def test_allow_from_opens_one_port_to_one_service() -> None:
    data, service = templates()
    assert data.all("aws_vpc_security_group_ingress_rule") == {}
    rule = service.only("aws_vpc_security_group_ingress_rule")
    assert (rule["from_port"], rule["to_port"], rule["description"]) == (5432, 5432, "api to postgres")
    assert "aws_security_group.api.id" in rule["referenced_security_group_id"]


def test_allow_from_also_opens_the_security_group_of_the_replicas() -> None:
    _, service = templates(replicas=2)
    rules = service.all("aws_vpc_security_group_ingress_rule").values()
    assert {rule["description"] for rule in rules} == {"api to postgres", "api to postgres-replicas"}


def test_each_replica_copies_the_primary_and_is_private() -> None:
    data, _ = templates(replicas=2)
    for number in (1, 2):
        replica = data.named(f"aws_db_instance.postgres_replica-{number}")
        assert replica["replicate_source_db"] == "${aws_db_instance.postgres.identifier}"
        assert (replica["publicly_accessible"], replica["storage_encrypted"]) == (False, True)
        assert "parameter-group" in replica["parameter_group_name"]
        assert {"password_wo", "kms_key_id", "lifecycle"}.isdisjoint(replica)
    hosts = data.named("aws_ssm_parameter.postgres_parameters_reader-hosts")["value_wo"]
    assert hosts.count(".address") == 2


def test_an_iam_user_may_sign_in_on_the_primary_and_on_every_replica() -> None:
    _, service = templates(replicas=1)
    allowed = statements(service.named("aws_iam_role_policy.task_permissions")["policy"])
    (connect,) = [s for s in allowed if s["Action"] == "rds-db:connect"]
    assert len(connect["Resource"]) == 2
    assert all(arn.startswith("arn:aws:rds-db:us-east-1:444444444444:dbuser:${") for arn in connect["Resource"])
    assert all(arn.endswith("/api") for arn in connect["Resource"])


def test_with_a_proxy_services_reach_the_proxy_and_only_the_proxy_reaches_the_database() -> None:
    data, service = templates(proxy=PROXY)
    assert service.only("aws_vpc_security_group_ingress_rule")["description"] == "api to postgres-proxy"
    assert data.only("aws_vpc_security_group_ingress_rule")["description"] == "postgres-proxy to postgres"
    for name in ("host", "url"):
        assert "aws_db_proxy.postgres_proxy" in data.named(f"aws_ssm_parameter.postgres_parameters_{name}")["value_wo"]


def test_the_proxy_accepts_tls_only_and_logs_no_statements() -> None:
    data, _ = templates(proxy=PROXY)
    proxy = data.only("aws_db_proxy")
    assert (proxy["require_tls"], proxy["debug_logging"]) == (True, False)
    assert proxy["auth"][0]["iam_auth"] == "DISABLED"
    assert data.only("aws_cloudwatch_log_group", name=f"/aws/rds/proxy/{proxy['name']}")


def test_the_proxy_reads_one_secret_that_is_in_no_state() -> None:
    data, _ = templates(proxy=PROXY, password_version=2)
    version = data.only("aws_secretsmanager_secret_version")
    assert version["secret_string_wo"] == (
        '${jsonencode({"username" = "user_management", "password" = '
        "ephemeral.aws_secretsmanager_random_password.postgres_password.random_password})}"
    )
    assert version["secret_string_wo_version"] == 2
    allowed = statements(data.named("aws_iam_role_policy.postgres_proxy_role_permissions")["policy"])
    assert [s["Action"] for s in allowed] == ["secretsmanager:GetSecretValue", ["kms:Decrypt", "kms:DescribeKey"]]


def test_a_proxy_that_requires_iam_is_granted_by_its_own_id() -> None:
    data, service = templates(proxy=PROXY.model_copy(update={"require_iam": True}))
    assert data.only("aws_db_proxy")["auth"][0]["iam_auth"] == "REQUIRED"
    allowed = statements(service.named("aws_iam_role_policy.task_permissions")["policy"])
    (connect,) = [s for s in allowed if s["Action"] == "rds-db:connect"]
    assert ["resource-id" in arn for arn in connect["Resource"]] == [False, True]
    (local,) = data.document["locals"].values()
    assert local.startswith('${element(split(":", aws_db_proxy.postgres_proxy_')


@pytest.mark.parametrize(("protect", "days"), [(True, 30), (False, 0)])
def test_the_proxys_secret_can_be_restored_where_data_is_protected(protect: bool, days: int) -> None:  # noqa: FBT001
    secret = templates(protect=protect, proxy=PROXY)[0].only("aws_secretsmanager_secret")
    assert secret["recovery_window_in_days"] == days
