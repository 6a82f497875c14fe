"""Every parameter is encrypted and write-only; what a person sets is never overwritten."""

from __future__ import annotations

import pytest

from modules.data.generated_password import GeneratedPassword
from modules.key import Key
from modules.parameter import Parameter
from modules.role import Role, ServicePrincipal
from tests.template import LABEL, Resource, Template, new_stack, statements


def template() -> Template:
    stack = new_stack()
    key = Key(stack, "key", label=LABEL, name="secrets", description="Secrets", protect=False)
    Parameter.plain(stack, "host", label=LABEL, key=key, name="postgres/host", value=key.arn)
    value = GeneratedPassword(stack, "password").value
    secret = Parameter.generated(stack, "secret", label=LABEL, key=key, name="jwt/current", value=value, version=1)
    supplied = Parameter.manual(stack, "supplied", label=LABEL, key=key, name="api-keys/email")
    reader, writer = (
        Role(stack, name, label=LABEL, service=ServicePrincipal.LAMBDA, description=name)
        for name in ("reader", "writer")
    )
    supplied.grant_read(reader)
    secret.grant_read_write(writer)
    return Template.of(stack)


@pytest.fixture(scope="module")
def made() -> Template:
    return template()


def entry(made: Template, name: str) -> Resource:
    return made.named(f"aws_ssm_parameter.{name}")


@pytest.mark.parametrize("name", ["host", "secret", "supplied"])
def test_every_parameter_is_encrypted_with_the_key_and_in_no_state(made: Template, name: str) -> None:
    found = entry(made, name)
    assert (found["type"], found["key_id"]) == ("SecureString", "${aws_kms_key.key.arn}")
    assert {"value", "insecure_value"}.isdisjoint(found)


def test_a_plain_value_is_written_again_when_it_changes(made: Template) -> None:
    found = entry(made, "host")
    assert found["value_wo"] == "${aws_kms_key.key.arn}"
    assert found["value_wo_version"] == "${parseint(substr(sha256(aws_kms_key.key.arn), 0, 7), 16)}"


def test_a_manual_parameter_is_written_once_and_tagged(made: Template) -> None:
    found = entry(made, "supplied")
    assert (found["value_wo"], found["value_wo_version"]) == ("unset", 1)
    assert found["tags"] == {"SuppliedBy": "person"}
    # Overwriting the value may remove the description, which Terraform would then restore.
    assert {"description", "overwrite", "allowed_pattern"}.isdisjoint(found)


def test_grant_read_also_allows_decrypt_and_no_write(made: Template) -> None:
    allowed = statements(made.named("aws_iam_role_policy.reader_permissions")["policy"])
    assert [statement["Action"] for statement in allowed] == [
        ["ssm:GetParameter", "ssm:GetParameters"],
        ["kms:Decrypt", "kms:DescribeKey"],
    ]
    assert allowed[0]["Resource"] == "${aws_ssm_parameter.supplied.arn}"


def test_grant_read_write_allows_writing_only_that_parameter(made: Template) -> None:
    allowed = statements(made.named("aws_iam_role_policy.writer_permissions")["policy"])
    (put,) = [statement for statement in allowed if statement["Action"] == "ssm:PutParameter"]
    assert put["Resource"] == "${aws_ssm_parameter.secret.arn}"
