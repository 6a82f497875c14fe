"""The proxy is the only way to PostgreSQL, accepts TLS only and reads one secret."""

from __future__ import annotations

import pytest

from config.postgres import ProxySettings
from tests.modules.data.databases import postgres_templates
from tests.template import statements

PROXY = ProxySettings(max_connections_percent=90, idle_client_seconds=1800)


def test_with_a_proxy_services_reach_the_proxy_and_only_the_proxy_reaches_the_database() -> None:
    data, service = postgres_templates(proxy=PROXY)
    assert service.only("aws_vpc_security_group_ingress_rule")["description"] == "api to postgres-proxy"
    assert data.only("aws_vpc_security_group_ingress_rule")["description"] == "postgres-proxy to postgres"
    for name in ("host", "url"):
        assert "aws_db_proxy.postgres_proxy" in data.named(f"aws_ssm_parameter.postgres_parameters_{name}")["value_wo"]


def test_the_proxy_accepts_tls_only_and_logs_no_statements() -> None:
    data, _ = postgres_templates(proxy=PROXY)
    proxy = data.only("aws_db_proxy")
    assert (proxy["require_tls"], proxy["debug_logging"]) == (True, False)
    assert proxy["auth"][0]["iam_auth"] == "DISABLED"
    assert data.only("aws_cloudwatch_log_group", name=f"/aws/rds/proxy/{proxy['name']}")


def test_the_proxy_reads_one_secret_that_is_in_no_state() -> None:
    data, _ = postgres_templates(proxy=PROXY, password_version=2)
    version = data.only("aws_secretsmanager_secret_version")
    assert version["secret_string_wo"] == (
        '${jsonencode({"username" = "user_management", "password" = '
        "ephemeral.aws_secretsmanager_random_password.postgres_password.random_password})}"
    )
    assert version["secret_string_wo_version"] == 2
    allowed = statements(data.named("aws_iam_role_policy.postgres_proxy_role_permissions")["policy"])
    assert [s["Action"] for s in allowed] == ["secretsmanager:GetSecretValue", "kms:Decrypt"]
    assert allowed[1]["Condition"]["StringEquals"] == {
        "kms:ViaService": "secretsmanager.us-east-1.amazonaws.com",
        "kms:EncryptionContext:SecretARN": allowed[0]["Resource"],
    }


def test_a_proxy_that_requires_iam_is_granted_by_its_own_id() -> None:
    data, service = postgres_templates(proxy=PROXY.model_copy(update={"require_iam": True}))
    assert data.only("aws_db_proxy")["auth"][0]["iam_auth"] == "REQUIRED"
    allowed = statements(service.named("aws_iam_role_policy.task_permissions")["policy"])
    (connect,) = [s for s in allowed if s["Action"] == "rds-db:connect"]
    assert ["resource-id" in arn for arn in connect["Resource"]] == [False, True]
    (local,) = data.document["locals"].values()
    assert local.startswith('${element(split(":", aws_db_proxy.postgres_proxy_')


@pytest.mark.parametrize(("protect", "days"), [(True, 30), (False, 0)])
def test_the_proxys_secret_can_be_restored_where_data_is_protected(protect: bool, days: int) -> None:  # noqa: FBT001
    secret = postgres_templates(protect=protect, proxy=PROXY)[0].only("aws_secretsmanager_secret")
    assert secret["recovery_window_in_days"] == days
