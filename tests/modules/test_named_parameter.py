"""A parameter that is known by its name is read with the key that has an alias, and with no other key."""

from __future__ import annotations

from modules.named_parameter import NamedParameter
from modules.role import Role, ServicePrincipal
from tests.modules.recovery.regions import THERE, allowed
from tests.template import Template, new_stack

ARN = "arn:aws:ssm:us-west-2:444444444444:parameter/user-management/test/postgres"


def test_it_is_decrypted_with_the_key_of_an_alias_through_its_service_and_for_itself_only() -> None:
    stack = new_stack()
    role = Role(stack, "task", label=THERE, service=ServicePrincipal.ECS_TASKS, description="Runs the API")
    for name in ("host", "port"):
        NamedParameter(label=THERE, path=f"postgres/{name}", key="secrets").grant_read(role)
    (name,) = Template.of(stack).all("aws_iam_role_policy")
    read, decrypt = allowed(Template.of(stack), name)
    assert read["Resource"] == [f"{ARN}/host", f"{ARN}/port"]
    assert decrypt["Action"] == "kms:Decrypt"
    assert decrypt["Resource"] == "arn:aws:kms:us-west-2:444444444444:key/*"
    assert decrypt["Condition"] == {
        "StringEquals": {
            "kms:ViaService": "ssm.us-west-2.amazonaws.com",
            "kms:EncryptionContext:PARAMETER_ARN": [f"{ARN}/host", f"{ARN}/port"],
        },
        "ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/user-management-test-secrets"},
    }


def test_its_name_and_arn_are_known_before_it_exists() -> None:
    parameter = NamedParameter(label=THERE, path="postgres/host", key="secrets")
    assert (parameter.name, parameter.arn) == ("/user-management/test/postgres/host", f"{ARN}/host")
