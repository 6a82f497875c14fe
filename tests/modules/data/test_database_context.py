"""A database uses each key of its context for one kind of data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.modules.data.databases import postgres_templates

if TYPE_CHECKING:
    from tests.template import Template


def keys_of(data: Template, kind: str) -> set[str]:
    return {resource["key_id" if kind == "aws_ssm_parameter" else "kms_key_id"] for resource in data.all(kind).values()}


def test_storage_credentials_and_logs_have_different_keys() -> None:
    data, _ = postgres_templates()
    assert keys_of(data, "aws_db_instance") == {"${aws_kms_key.databases-key.arn}"}
    assert keys_of(data, "aws_ssm_parameter") == {"${aws_kms_key.secrets-key.arn}"}
    assert keys_of(data, "aws_cloudwatch_log_group") == {"${aws_kms_key.logs-key.arn}"}
