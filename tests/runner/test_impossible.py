"""What AWS refuses of a change of a database is refused before the apply, in one line that says what to do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.runner.conftest import Project

INSTANCE, CLUSTER = "aws_db_instance.postgres", "aws_docdb_cluster.documentdb"


def plan_updates(project: Project, address: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    project.stack("dev-data")
    change = {"actions": ["update"], "before": before, "after": {**before, **after}, "after_unknown": {}}
    entry = {"address": address, "type": address.partition(".")[0], "change": change}
    content = json.dumps({"format_version": "1.2", "resource_changes": [entry]})
    project.script("dev-data", resources=[address], plan={"updates": [address]}, content=content)


REFUSED = [
    (
        INSTANCE,
        {"engine_version": "17"},
        {"engine_version": "16", "allow_major_version_upgrade": True},
        'engine_version "17" -> "16": AWS has no way back to an older version.',
        "Put major_version or engine_version of [postgres] in environments/dev.toml back.",
    ),
    (
        INSTANCE,
        {"engine_version": "17.6"},
        {"engine_version": "17.5"},
        'engine_version "17.6" -> "17.5": AWS has no way back',
        "Put major_version or engine_version of [postgres]",
    ),
    (
        INSTANCE,
        {"engine_version": "16", "allow_major_version_upgrade": False},
        {"engine_version": "17"},
        'engine_version "16" -> "17": AWS needs permission for another major version.',
        "Set allow_major_upgrade = true in [postgres] of environments/dev.toml for this one apply",
    ),
    (
        INSTANCE,
        {"allocated_storage": 50, "max_allocated_storage": 100},
        {"max_allocated_storage": 40},
        "max_allocated_storage 100 -> 40: it has 50 GiB, and AWS takes none back.",
        "Set max_storage_gib of [postgres] in environments/dev.toml to 56 or more.",
    ),
    (
        CLUSTER,
        {"engine_version": "5.0.0"},
        {"engine_version": "4.0.0", "allow_major_version_upgrade": True},
        'engine_version "5.0.0" -> "4.0.0": AWS has no way back',
        "Put engine_version of [documentdb] in environments/dev.toml back.",
    ),
    (
        CLUSTER,
        {"engine_version": "4.0.0"},
        {"engine_version": "5.0.0"},
        'engine_version "4.0.0" -> "5.0.0": AWS needs permission',
        "Set allow_major_upgrade = true in [documentdb]",
    ),
]


@pytest.mark.parametrize("action", ["plan", "apply"])
@pytest.mark.parametrize("refused", REFUSED, ids=lambda refused: refused[3])
def test_what_aws_refuses_is_refused_before_the_apply(
    project: Project, action: str, refused: tuple[str, dict[str, Any], dict[str, Any], str, str]
) -> None:
    address, before, after, message, remedy = refused
    plan_updates(project, address, before, after)
    code, _, err = project.run(action, *(["--yes"] if action == "apply" else []))
    assert code == 1
    assert f"dev-data is not applied: {address}: {message}" in err
    assert remedy in err
    assert project.calls(" apply") == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"engine_version": "16"}, {"engine_version": "17", "allow_major_version_upgrade": True}),
        ({"engine_version": "17"}, {"engine_version": "17.6"}),
        ({"engine_version": "17.5"}, {"engine_version": "17.6"}),
        ({"allocated_storage": 20, "max_allocated_storage": 40}, {"max_allocated_storage": 30}),
        ({"instance_class": "db.t4g.micro"}, {"instance_class": "db.t4g.small"}),
    ],
)
def test_what_aws_can_do_is_applied(project: Project, before: dict[str, Any], after: dict[str, Any]) -> None:
    plan_updates(project, INSTANCE, before, after)
    code, _, err = project.run("apply", "--yes")
    assert (code, "not applied" in err) == (0, False)
    assert len(project.calls(" apply")) == 1


def plan_replaces(project: Project, address: str, actions: list[str], after: dict[str, Any]) -> None:
    project.stack("dev-service")
    before = {"name": "user-management-dev-web", "internal": False}
    change = {"actions": actions, "before": before, "after": {**before, **after}, "after_unknown": {}}
    entry = {
        "address": address,
        "type": address.partition(".")[0],
        "change": {**change, "replace_paths": [["internal"]]},
        "action_reason": "replace_because_cannot_update",
    }
    content = json.dumps({"format_version": "1.2", "resource_changes": [entry]})
    project.script("dev-service", resources=[address], plan={"replaces": [address]}, content=content)


@pytest.mark.parametrize(
    ("address", "remedy"),
    [
        ("aws_lb.web", "Give the load balancer another name in environments/dev.toml at the same time"),
        ("aws_lb_target_group.backend", "Undo the change in environments/dev.toml, or make it in two applies"),
    ],
)
def test_a_second_resource_with_the_name_of_the_first_is_refused(project: Project, address: str, remedy: str) -> None:
    plan_replaces(project, address, ["create", "delete"], {"internal": True})
    code, _, err = project.run("apply", "--yes")
    assert code == 1
    assert f'dev-service is not applied: {address}: name "user-management-dev-web" is taken by the one that' in err
    assert "(internal false -> true), which is deleted afterwards." in err
    assert remedy in err
    assert project.calls(" apply") == []


@pytest.mark.parametrize(
    ("address", "actions", "after"),
    [
        ("aws_lb.web", ["create", "delete"], {"internal": True, "name": "user-management-dev-other"}),
        ("aws_lb.web", ["delete", "create"], {"internal": True}),
        ("aws_acm_certificate.web", ["create", "delete"], {"internal": True}),
    ],
)
def test_another_name_a_deletion_before_or_a_name_for_many_is_applied(
    project: Project, address: str, actions: list[str], after: dict[str, Any]
) -> None:
    plan_replaces(project, address, actions, after)
    code, _, err = project.run("apply", "--yes")
    assert (code, "not applied" in err) == (0, False)
