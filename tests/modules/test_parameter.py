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


@pytest.mark.parametrize("name", ["host", "secret", "supplied"])
def test_no_update_but_that_of_the_value_is_sent(made: Template, name: str) -> None:
    ignored = entry(made, name)["lifecycle"]["ignore_changes"]
    assert ignored == ["allowed_pattern", "data_type", "description", "key_id", "tier", "type"]


def test_grant_read_also_allows_decrypt_of_that_parameter_and_no_write(made: Template) -> None:
    read, decrypt = statements(made.named("aws_iam_role_policy.reader_permissions")["policy"])
    assert (read["Action"], decrypt["Action"]) == (["ssm:GetParameter", "ssm:GetParameters"], "kms:Decrypt")
    assert read["Resource"] == "${aws_ssm_parameter.supplied.arn}"
    assert decrypt["Condition"]["StringEquals"] == {
        "kms:ViaService": "ssm.us-east-1.amazonaws.com",
        "kms:EncryptionContext:PARAMETER_ARN": read["Resource"],
    }


def test_grant_read_write_allows_writing_only_that_parameter(made: Template) -> None:
    write, encrypt = statements(made.named("aws_iam_role_policy.writer_permissions")["policy"])
    assert "ssm:PutParameter" in write["Action"]
    assert write["Resource"] == "${aws_ssm_parameter.secret.arn}"
    assert encrypt["Condition"]["StringEquals"]["kms:EncryptionContext:PARAMETER_ARN"] == write["Resource"]


def test_a_role_that_reads_every_parameter_stays_within_the_limit_of_its_policy() -> None:
    stack = new_stack()
    key = Key(stack, "key", label=LABEL, name="secrets", description="Secrets", protect=False)
    reader = Role(stack, "reader", label=LABEL, service=ServicePrincipal.ECS_TASKS, description="Reads")
    names = [f"a-rather-long-name-of-an-api-key-{number}" for number in range(40)]
    for name in names:
        Parameter.manual(stack, name, label=LABEL, key=key, name=f"api-keys/{name}").grant_read(reader)
    read, decrypt = statements(Template.of(stack).only("aws_iam_role_policy")["policy"])
    arns = [f"${{aws_ssm_parameter.{name}.arn}}" for name in names]
    assert read["Resource"] == arns
    assert decrypt["Condition"]["StringEquals"]["kms:EncryptionContext:PARAMETER_ARN"] == arns
