"""A row counts what a plan does and names what holds data, and has no value of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from review.plan import ChangedResource, Row, UnknownActionError, changed_resources, row


def change(address: str, *actions: str, **others: Any) -> dict[str, Any]:
    kind = address.rpartition(".")[0].split(".")[-1]
    values = {"before": {"password": "hidden-before"}, "after": {"password": "hidden-after"}}
    return {"address": address, "type": kind, "change": {"actions": list(actions), **values}, **others}


CONTENT = {
    "variables": {"token": {"value": "hidden-variable"}},
    "resource_changes": [
        change("aws_vpc.main", "no-op"),
        change("data.aws_caller_identity.me", "read"),
        change("aws_subnet.a", "create"),
        change("aws_subnet.b", "create"),
        change("aws_db_instance.postgres", "update"),
        change("aws_s3_bucket.backups", "delete", "create"),
        change("aws_lb.public", "create", "delete"),
        change("aws_kms_key.old", "delete"),
        change("aws_kms_key.new", "delete", deposed="ab12"),
        change("aws_sqs_queue.left", "forget"),
    ],
    "output_changes": {
        "url": {"actions": ["update"], "before": "hidden-output", "after": "x"},
        "same": {"actions": ["no-op"]},
    },
    "planned_values": {"outputs": {"url": {"value": "hidden-planned"}}},
}


def test_each_kind_is_counted() -> None:
    assert row("prod-data", "changes", CONTENT).counts == {"create": 2, "change": 1, "replace": 2, "destroy": 3}


def test_what_holds_data_is_named_with_what_happens_to_it() -> None:
    assert row("prod-data", "changes", CONTENT).stateful == (
        "change aws_db_instance.postgres",
        "replace aws_s3_bucket.backups",
        "destroy aws_kms_key.old",
        "destroy aws_kms_key.new (deposed ab12)",
    )


def test_outputs_that_stay_are_not_counted() -> None:
    found = row("prod-data", "changes", CONTENT)
    assert found.outputs == 1
    assert not row("prod-data", "no changes", {"output_changes": {"same": {"actions": ["no-op"]}}}).is_changed
    assert row("prod-data", "changes", {"output_changes": CONTENT["output_changes"]}).is_changed


def test_no_value_is_in_a_row() -> None:
    assert "hidden" not in json.dumps(row("prod-data", "changes", CONTENT).to_json())


def test_an_action_that_is_not_known_is_an_error_and_not_left_out() -> None:
    with pytest.raises(UnknownActionError, match=r"aws_vpc.main: the plan has the actions \['melt'\]"):
        list(changed_resources({"resource_changes": [change("aws_vpc.main", "melt")]}))


def test_a_resource_of_a_module_is_stateful_too() -> None:
    (found,) = changed_resources({"resource_changes": [change("module.x.aws_docdb_cluster.main", "update")]})
    assert found == ChangedResource(address="module.x.aws_docdb_cluster.main", type="aws_docdb_cluster", kind="change")
    assert found.is_stateful


def test_a_row_is_the_same_after_it_was_in_a_file() -> None:
    before = row("prod-data", "changes", CONTENT, drifted=("aws_lb.public: idle_timeout",))
    assert Row.from_json(json.loads(json.dumps(before.to_json()))) == before


@pytest.mark.parametrize(
    "fields",
    [None, [], {}, {"stack": "a", "status": "b"}, {"stack": "a", "status": "b", "counts": {"create": "many"}}],
)
def test_what_is_not_a_row_is_refused(fields: Any) -> None:
    with pytest.raises(ValueError, match="is not a row of a plan"):
        Row.from_json(fields)
