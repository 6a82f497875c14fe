"""What a plan does with a resource, in the words of a person; the plan is one that Terraform has made."""

from __future__ import annotations

import pytest

from review.changes import UnknownActionError, resource_changes
from tests.review.plan_json import changes, entry, made, plan

BY_ADDRESS = {each.address: each for each in resource_changes(made("builtin"))}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("secret", "change"),
        ("replaced", "replace"),
        ("new_name", "move"),
        ("forgotten", "forget"),
        ('destroyed["b"]', "destroy"),
        ('destroyed["a"]', ""),
        ("imported", "import"),
        ("follows", "create"),
    ],
)
def test_each_kind(name: str, kind: str) -> None:
    assert BY_ADDRESS[f"terraform_data.{name}"].kind == kind


def test_a_moved_resource_says_from_where() -> None:
    assert BY_ADDRESS["terraform_data.new_name"].moved_from == "terraform_data.old_name"
    assert BY_ADDRESS["terraform_data.secret"].moved_from == ""


def test_an_imported_resource_has_its_id() -> None:
    assert BY_ADDRESS["terraform_data.imported"].imported_id == "an-id"


def test_a_replacement_names_its_cause_and_hides_what_is_sensitive() -> None:
    assert BY_ADDRESS["terraform_data.replaced"].cause() == "triggers_replace (sensitive) -> (sensitive)"
    (visible,) = changes(
        entry(
            "aws_db_instance.a",
            "replace",
            {"engine": "postgres"},
            {"engine": "mysql"},
            replace_paths=[["engine"]],
            action_reason="replace_because_cannot_update",
        )
    )
    assert visible.cause() == 'engine "postgres" -> "mysql"'


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("replace_because_tainted", "it is tainted: an earlier apply failed halfway"),
        ("replace_by_request", "the command line asks for it (-replace)"),
        ("delete_because_no_resource_config", "its block is gone from the configuration"),
        ("replace_because_of_something_new", "replace because of something new"),
    ],
)
def test_a_reason_is_told_in_words(reason: str, told: str) -> None:
    (change,) = changes(entry("aws_vpc.a", "replace", action_reason=reason))
    assert change.cause() == told


def test_a_deposed_object_is_told_from_the_resource() -> None:
    one, other = changes(entry("aws_vpc.a", "change"), entry("aws_vpc.a", "destroy", deposed="ab12"))
    assert (one.is_deposed, other.is_deposed) == (False, True)
    assert other.cause() == "an earlier replacement left it behind"


def test_an_action_that_is_not_known_is_an_error_and_not_left_out() -> None:
    unknown = entry("aws_vpc.main", "change")
    unknown["change"]["actions"] = ["melt"]
    with pytest.raises(UnknownActionError, match=r"'aws_vpc.main': the plan has the actions \['melt'\]"):
        resource_changes(plan(unknown))


def test_a_value_that_is_not_known_is_not_none() -> None:
    (change,) = changes(entry("aws_vpc.a", "change", {"a": "x"}, {}, unknown={"a": True, "b": [{"c": True}]}))
    assert change.show("a") == '"x" -> (known after apply)'
    assert change.show("b", 0, "c") == "null -> (known after apply)"
    assert change.show("b", 1, "c") == "null -> null"
