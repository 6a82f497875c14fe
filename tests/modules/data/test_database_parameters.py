"""Parameter Store gets what a service needs to connect, and a password only after the database has it."""

from __future__ import annotations

from tests.modules.data.databases import postgres_templates


def test_parameter_store_gets_the_password_in_the_same_apply_and_after_the_database() -> None:
    data, _ = postgres_templates(password_version=3)
    for name in ("password", "url"):
        entry = data.named(f"aws_ssm_parameter.postgres_parameters_{name}")
        assert entry["type"] == "SecureString"
        assert entry["value_wo_version"] == 3
        assert entry["depends_on"] == ["aws_db_instance.postgres"]
        assert "ephemeral.aws_secretsmanager_random_password.postgres_password" in entry["value_wo"]
