"""The proxy is how services reach PostgreSQL; it accepts TLS only and reads the logins of their roles only."""

from __future__ import annotations

from dataclasses import replace

from config.postgres import ProxySettings
from tests.modules.data.databases import OWNER, PROXIED, REPORTS, postgres_templates
from tests.template import statements

PROXY = ProxySettings(max_connections_percent=90, idle_client_seconds=1800)
BY_TOKEN = replace(PROXIED, iam=True)


def test_with_a_proxy_services_reach_the_proxy_and_only_the_proxy_and_the_function_the_database() -> None:
    data, service = postgres_templates(proxy=PROXY)
    assert service.only("aws_vpc_security_group_ingress_rule")["description"] == "api to postgres-proxy"
    rules = data.all("aws_vpc_security_group_ingress_rule").values()
    assert sorted(rule["description"] for rule in rules) == [
        "postgres-proxy to postgres",
        "postgres-roles to postgres",
        "postgres-roles to postgres-proxy",
    ]
    host = data.named("aws_ssm_parameter.postgres_parameters_host")
    assert "aws_db_proxy.postgres_proxy" in host["value_wo"]


def test_the_proxy_accepts_tls_only_and_logs_no_statements() -> None:
    data, _ = postgres_templates(proxy=PROXY)
    proxy = data.only("aws_db_proxy")
    assert (proxy["require_tls"], proxy["debug_logging"]) == (True, False)
    assert data.only("aws_cloudwatch_log_group", name=f"/aws/rds/proxy/{proxy['name']}")


def test_the_proxy_knows_both_logins_of_each_role_of_a_service_and_nobody_else() -> None:
    other = replace(PROXIED, name="jobs", service="jobs")
    proxy = postgres_templates(proxy=PROXY, roles=(OWNER, PROXIED, other, REPORTS))[0].only("aws_db_proxy")
    secrets = [one["secret_arn"].partition("_stores_")[2].rpartition("_")[0] for one in proxy["auth"]]
    assert secrets == ["api-a", "api-b", "jobs-a", "jobs-b"]
    assert {one["iam_auth"] for one in proxy["auth"]} == {"DISABLED"}


def test_a_role_signs_in_at_the_proxy_by_token_and_another_one_by_password() -> None:
    other = replace(PROXIED, name="jobs", service="jobs")
    proxy = postgres_templates(proxy=PROXY, roles=(OWNER, BY_TOKEN, other))[0].only("aws_db_proxy")
    assert [one["iam_auth"] for one in proxy["auth"]] == ["REQUIRED", "REQUIRED", "DISABLED", "DISABLED"]


def test_it_may_read_the_secrets_of_logins_and_no_other() -> None:
    data, _ = postgres_templates(proxy=PROXY)
    allowed = statements(data.named("aws_iam_role_policy.postgres_proxy_role_permissions")["policy"])
    assert [s["Action"] for s in allowed] == ["secretsmanager:GetSecretValue", "kms:Decrypt"]
    start = "arn:aws:secretsmanager:us-east-1:444444444444:secret:user-management/test/postgres/*/"
    assert allowed[0]["Resource"] == [f"{start}a-??????", f"{start}b-??????"]
    assert allowed[1]["Condition"] == {
        "StringEquals": {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"},
        "StringLike": {"kms:EncryptionContext:SecretARN": allowed[0]["Resource"]},
    }


def test_its_secrets_are_written_before_it_is_made_and_the_urls_after_it() -> None:
    data, _ = postgres_templates(proxy=PROXY)
    (prepare,) = (name for name in data.all("aws_lambda_invocation") if "prepare" in name)
    assert f"aws_lambda_invocation.{prepare}" in data.only("aws_db_proxy")["depends_on"]
    apply = data.named("aws_lambda_invocation.postgres_roles_apply")
    assert any(one.startswith("aws_db_proxy_target.") for one in apply["depends_on"])
    assert any("into-postgres-proxy" in one for one in apply["depends_on"])


def test_a_token_is_for_the_logins_of_the_role_at_the_proxy() -> None:
    data, service = postgres_templates(proxy=PROXY, roles=(OWNER, BY_TOKEN))
    allowed = statements(service.named("aws_iam_role_policy.task_permissions")["policy"])
    (connect,) = [s for s in allowed if s["Action"] == "rds-db:connect"]
    assert [arn.rpartition("/")[2] for arn in connect["Resource"]] == ["api_a", "api_b"]
    assert all("resource-id" in arn for arn in connect["Resource"])
    (local,) = data.document["locals"].values()
    assert local.startswith('${element(split(":", aws_db_proxy.postgres_proxy_')
