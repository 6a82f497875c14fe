"""Each API key is a parameter of its own, which Terraform creates and a person sets."""

from __future__ import annotations

from modules.data.api_keys import ApiKeys
from modules.key import Key
from tests.template import LABEL, Template, new_stack


def test_each_api_has_a_parameter_that_a_person_sets() -> None:
    stack = new_stack()
    key = Key(stack, "key", label=LABEL, name="secrets", description="Secrets", protect=False)
    keys = ApiKeys(stack, "api-keys", names=("email", "maps"), label=LABEL, key=key)
    assert list(keys.by_name) == ["email", "maps"]
    made = Template.of(stack)
    for name in keys.by_name:
        entry = made.named(f"aws_ssm_parameter.api-keys_{name}")
        assert entry["name"] == f"/user-management/test/api-keys/{name}"
        assert (entry["value_wo"], entry["tags"]) == ("unset", {"SuppliedBy": "person"})
