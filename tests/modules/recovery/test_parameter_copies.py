"""The copies of parameters are Terraform's, and their values are not."""

from __future__ import annotations

import pytest

from modules.key import Key
from modules.recovery.parameter_copies import MARKER, ParameterCopies
from tests.modules.recovery.regions import THERE
from tests.template import Template, new_stack


@pytest.fixture(scope="module")
def made() -> Template:
    stack = new_stack()
    key = Key(stack, "key", label=THERE, name="copies", description="Copies", protect=False)
    copies = ParameterCopies(stack, "parameters", names=["jwt/current", "api-keys/email"], label=THERE, key=key)
    assert len(copies.dependables) == 1
    return Template.of(stack)


def test_each_has_the_name_of_its_parameter_and_there_is_a_marker(made: Template) -> None:
    names = {one["name"] for one in made.all("aws_ssm_parameter").values()}
    assert names == {f"/user-management/test/{name}" for name in ("jwt/current", "api-keys/email", MARKER)}


def test_each_is_encrypted_with_the_key_there_and_keeps_the_value_that_the_function_writes(made: Template) -> None:
    for one in made.all("aws_ssm_parameter").values():
        assert (one["type"], one["key_id"], one["value_wo"]) == ("SecureString", "${aws_kms_key.key.arn}", "unset")
        assert one["value_wo_version"] == 1


def test_no_person_is_asked_to_set_them(made: Template) -> None:
    assert not any("tags" in one for one in made.all("aws_ssm_parameter").values())
