"""[recovery.fail_over] names another origin than the databases of the second region were made from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.outputs import backend, identity

if TYPE_CHECKING:
    from tests.runner.conftest import Project

SECOND = "us-west-2"
ID = f"dev-data-{SECOND}"
POSTGRES, DOCUMENTDB = "aws_db_instance.postgres", "aws_docdb_cluster.documentdb"
SNAPSHOT = f"arn:aws:rds:{SECOND}:1:cluster-snapshot:first"
BACKUPS = f"arn:aws:rds:{SECOND}:1:auto-backup:ab-1"
MADE = {"source_db_instance_automated_backups_arn": BACKUPS, "restore_time": None, "use_latest_restorable_time": True}
READ = "${data.terraform_remote_state.copies.outputs.backups}"


def declare(
    project: Project, *, documentdb: dict[str, Any], postgres: dict[str, Any], protected: bool = False, **about: Any
) -> None:
    """Synthesize the stack; `about` is what it says of itself."""
    document = {
        "//": {
            "metadata": identity(
                layer="data",
                name=f"data-{SECOND}",
                region=SECOND,
                protect_data=protected,
                **{"stands_by": True, **about},
            )
        },
        "provider": {"aws": [{"region": SECOND}]},
        "resource": {"aws_db_instance": {"postgres": postgres}, "aws_docdb_cluster": {"documentdb": documentdb}},
        "terraform": {
            "backend": {"s3": {**backend(f"data-{SECOND}"), "region": SECOND}},
            "required_providers": {"aws": {"source": "aws", "version": "5.100.0"}},
        },
    }
    project.stack(ID, document=document)


def restore(*, time: str | None = None, backups: str = READ) -> dict[str, Any]:
    """What is declared of PostgreSQL."""
    how = {"restore_time": time} if time else {"use_latest_restorable_time": True}
    return {"restore_to_point_in_time": {"source_db_instance_automated_backups_arn": backups, **how}}


def plan(
    project: Project,
    *,
    snapshot: str | None = SNAPSHOT,
    made: dict[str, Any] | None = None,
    action: str = "no-op",
    copies: str = BACKUPS,
) -> None:
    """Have a state with both databases; the plan has no changes, as `ignore_changes` has it.

    Args:
        project: Gets it.
        snapshot: What DocumentDB was restored from.
        made: How PostgreSQL was restored.
        action: What the plan does with both.
        copies: What the state of the copies says that RDS makes now.
    """
    before: dict[str, dict[str, Any]] = {
        POSTGRES: {"restore_to_point_in_time": [made] if made else []},
        DOCUMENTDB: {"snapshot_identifier": snapshot},
    }
    changes = [
        {"address": address, "type": address.split(".")[0], "change": {"actions": [action], "before": values}}
        for address, values in before.items()
    ]
    read = {"address": "data.terraform_remote_state.copies", "values": {"outputs": {"backups": copies}}}
    content = {"resource_changes": changes, "prior_state": {"values": {"root_module": {"resources": [read]}}}}
    project.script(ID, resources=[*before], content=json.dumps(content))


ACTIONS = pytest.mark.parametrize("action", [("plan",), ("apply", "--yes")])


@ACTIONS
def test_another_snapshot_is_refused_though_terraform_has_no_changes(project: Project, action: tuple[str, ...]) -> None:
    declare(project, documentdb={"snapshot_identifier": f"{SNAPSHOT}-later"}, postgres=restore())
    plan(project, made=MADE)
    code, _, err = project.run(*action)
    assert code == 1
    assert f"{DOCUMENTDB} was restored from {SNAPSHOT}, and documentdb_snapshot asks for {SNAPSHOT}-later." in err
    assert "put the old values back into [recovery.fail_over] in environments/dev.toml" in err
    assert f"`make destroy ENV=dev LAYER=service-{SECOND}` and `make destroy ENV=dev LAYER=data-{SECOND}`" in err
    assert project.calls(" apply") == []


@ACTIONS
def test_another_second_is_refused(project: Project, action: tuple[str, ...]) -> None:
    declare(project, documentdb={"snapshot_identifier": SNAPSHOT}, postgres=restore(time="2026-01-31T14:05:00Z"))
    plan(project, made=MADE)
    code, _, err = project.run(*action)
    assert code == 1
    assert (
        f"{POSTGRES} was restored from {BACKUPS} to the newest second that its copies had then, and postgres_time "
        "asks for 2026-01-31T14:05:00Z." in err
    )


def test_the_newest_second_is_refused_where_a_time_was_named(project: Project) -> None:
    declare(project, documentdb={"snapshot_identifier": SNAPSHOT}, postgres=restore())
    plan(project, made={**MADE, "restore_time": "2026-01-31T14:05:00Z", "use_latest_restorable_time": None})
    code, _, err = project.run("plan")
    assert code == 1
    assert f"from {BACKUPS} to 2026-01-31T14:05:00Z, and postgres_time asks for the newest one" in err


def test_other_copies_are_refused(project: Project) -> None:
    declare(project, documentdb={"snapshot_identifier": SNAPSHOT}, postgres=restore(backups=f"{BACKUPS}2"))
    plan(project, made=MADE)
    code, _, err = project.run("plan")
    assert code == 1
    assert f"postgres_backups asks for {BACKUPS}2" in err


def test_a_global_cluster_is_refused_where_a_snapshot_was_restored(project: Project) -> None:
    declare(project, documentdb={}, postgres=restore())
    plan(project, made=MADE)
    code, _, err = project.run("plan")
    assert code == 1
    assert f"restored from {SNAPSHOT}, and documentdb_snapshot asks for the cluster of the global cluster" in err


def test_protection_is_lifted_first(project: Project) -> None:
    declare(project, documentdb={"snapshot_identifier": "x"}, postgres=restore(), protected=True)
    plan(project, made=MADE)
    _, _, err = project.run("plan")
    assert f"set `protect_data = false` in [recovery.standby] and run `make apply ENV=dev REGION={SECOND}`, then" in err


@ACTIONS
def test_the_same_settings_are_applied_again(project: Project, action: tuple[str, ...]) -> None:
    declare(project, documentdb={"snapshot_identifier": SNAPSHOT}, postgres=restore())
    plan(project, made=MADE)
    code, _, err = project.run(*action)
    assert code == 0
    assert "was restored from" not in err


@ACTIONS
def test_copies_of_another_instance_are_a_warning(project: Project, action: tuple[str, ...]) -> None:
    """So they are after a fail-back, and before a second fail-over that nobody has prepared."""
    declare(project, documentdb={"snapshot_identifier": SNAPSHOT}, postgres=restore())
    plan(project, made=MADE, copies=f"{BACKUPS}2")
    code, _, err = project.run(*action)
    assert code == 0
    assert f"{POSTGRES} was restored from {BACKUPS}, and RDS now makes {BACKUPS}2, of another instance." in err


def test_the_copies_that_it_was_made_from_can_be_named_later(project: Project) -> None:
    """As docs/recovery.md says, once the instance at home is gone."""
    declare(project, documentdb={"snapshot_identifier": SNAPSHOT}, postgres=restore(backups=BACKUPS))
    plan(project, made=MADE)
    assert project.run("apply", "--yes")[0] == 0


def test_what_was_imported_has_no_origin(project: Project) -> None:
    declare(project, documentdb={"snapshot_identifier": SNAPSHOT}, postgres=restore(time="2026-01-31T14:05:00Z"))
    plan(project, snapshot=None)
    assert project.run("apply", "--yes")[0] == 0


def test_what_the_plan_replaces_gets_the_new_origin(project: Project) -> None:
    declare(project, documentdb={"snapshot_identifier": f"{SNAPSHOT}-later"}, postgres=restore())
    plan(project, made=MADE, action="delete")
    assert project.run("apply", "--yes")[0] == 0


def test_databases_at_home_are_not_compared(project: Project) -> None:
    declare(project, documentdb={"snapshot_identifier": "x"}, postgres=restore(), stands_by=False)
    plan(project, made=MADE)
    assert project.run("apply", "--yes")[0] == 0
