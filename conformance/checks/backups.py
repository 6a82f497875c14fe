"""Backups, restores, copies in a second region, and the state that recreates everything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.checks.data import documentdb, postgres
from conformance.clause import DEV, PROD, clause, instead
from conformance.expect import at_least, equals, is_set, mentions
from conformance.paths import item

if TYPE_CHECKING:
    from conformance.view import View

_DATA: Final = "tests/stacks/test_data.py"
_ONE_DAY: Final = "one day, the minimum: test data can be created again"
_CRITICAL: Final = "only prod has critical data; dev and staging have test data"
_REGION: Final = "us-west-2"
_COPIES: Final = f"recovery-{_REGION}"
_DRILLS: Final = f"recovery-drills-{_REGION}"
_LOSS: Final = "tests/acceptance/region_loss"


def _postgres(view: View, days: int) -> None:
    found = postgres(view)
    found.require("backup_retention_period", equals(days))
    found.require("delete_automated_backups", equals(view.environment != PROD))


def _documentdb(view: View, days: int) -> None:
    documentdb(view).require("backup_retention_period", equals(days))


@clause("8.1/1", _DATA)
def postgres_backups(view: View) -> None:
    """Seven days of PostgreSQL."""
    _postgres(view, 7)


@instead("8.1/1", environments=(DEV,), why=_ONE_DAY)
def postgres_backups_of_a_day(view: View) -> None:
    """One day of PostgreSQL."""
    _postgres(view, 1)


@clause("8.1/2", _DATA)
def documentdb_backups(view: View) -> None:
    """Seven days of DocumentDB."""
    _documentdb(view, 7)


@instead("8.1/2", environments=(DEV,), why=_ONE_DAY)
def documentdb_backups_of_a_day(view: View) -> None:
    """One day of DocumentDB."""
    _documentdb(view, 1)


@clause("8.1/4", "tests/test_terraform_validate.py", "tests/stacks/test_state.py")
def infrastructure_as_code(view: View) -> None:
    """Every stack is Terraform with an exact provider, and its state is encrypted, locked and versioned."""
    for block in view.blocks():
        block.require("required_providers", "aws", "version", equals("5.100.0"))
        block.require("backend", "s3", "encrypt", equals(value=True))
        block.require("backend", "s3", "use_lockfile", equals(value=True))
        block.require("backend", "s3", "key", mentions(".tfstate"))
    bucket = view.one("aws_s3_bucket", {"bucket": mentions("-state-"), "provider": equals(None)}, layer="state")
    versioning = view.one("aws_s3_bucket_versioning", {"bucket": view.refers_to(bucket)}, layer="state")
    versioning.require("versioning_configuration", "status", equals("Enabled"))


@clause("8.2/3", "tests/acceptance/test_emulate.py", "tests/acceptance/test_lifecycle.py", _LOSS)
def recreation(view: View) -> None:
    """As 8.1/4; prod keeps a final snapshot of a database that is destroyed."""
    infrastructure_as_code(view)
    for database in (postgres(view), documentdb(view)):
        database.require("skip_final_snapshot", equals(view.environment != PROD))
        if view.environment == PROD:
            database.require("final_snapshot_identifier", mentions("-final-"))


@clause(
    "8.2/1",
    "tests/runner/test_restored.py",
    "tests/modules/recovery/test_drill_plan.py",
    note="the procedure is in docs/recovery.md; prod restores the newest backups as a test each week",
)
def point_in_time(view: View) -> None:
    """Automated backups allow each second of their days; in prod drills restore the copies."""
    for database in (postgres(view), documentdb(view)):
        database.require("backup_retention_period", at_least(1))
    if view.environment == PROD:
        plan = view.one("aws_backup_restore_testing_plan", layer=_DRILLS)
        plan.require("schedule_expression", equals("cron(0 10 ? * SUN *)"))
        for kind in ("RDS", "DocumentDB"):
            where = {"protected_resource_type": equals(kind), "restore_testing_plan_name": view.refers_to(plan)}
            view.one("aws_backup_restore_testing_selection", where, layer=_DRILLS)
        for name in ("postgres", "documentdb"):
            where = {"alarm_name": mentions(f"{name}-drill-age")}
            view.one("aws_cloudwatch_metric_alarm", where, layer=_DRILLS).require("threshold", at_least(1))


@clause(
    "8.2/2",
    "tests/test_recovery_table.py",
    "tests/stacks/test_recovery_files.py",
    "tests/stacks/test_recovery_backups.py",
    environments=(PROD,),
    note=_CRITICAL,
)
@clause("10.3/2", "tests/stacks/test_recovery_watch.py", _LOSS, environments=(PROD,), note=_CRITICAL)
def second_region(view: View) -> None:
    """Databases, files, images and states have copies in another region, with alarms on their age."""
    replica = view.one("aws_db_instance_automated_backups_replication", layer=_COPIES)
    replica.require("retention_period", equals(7))
    replica.require("source_db_instance_arn", mentions("-postgres"))
    plan = view.one("aws_backup_plan", layer="recovery")
    for name, days in (("daily", 7), ("weekly", 35), ("monthly", 365)):
        copy = ("rule", item(rule_name=name), "copy_action")
        plan.require(*copy, "destination_vault_arn", mentions(f":{_REGION}:"))
        plan.require(*copy, "lifecycle", "delete_after", equals(days))
    selection = view.one("aws_backup_selection", {"plan_id": view.refers_to(plan)}, layer="recovery")
    selection.require("resources", mentions(":db:", ":cluster:"))
    for name in ("assets", "audit", "backups"):
        where = {("rule", "destination", "bucket"): mentions(f"-{name}-copy-{_REGION}-")}
        view.one("aws_s3_bucket_replication_configuration", where, layer="recovery").require(
            "rule", "status", equals("Enabled")
        )
    images = view.one("aws_ecr_replication_configuration", layer="recovery")
    images.require("replication_configuration", "rule", "destination", "region", equals(_REGION))
    view.one("aws_s3_bucket_replication_configuration", layer="state").require("rule", "status", equals("Enabled"))
    view.one("aws_dynamodb_table_replica", layer="state")
    view.some("aws_cloudwatch_metric_alarm", {"metric_name": equals("CopyAgeMinutes")}, layer=_COPIES, count=3)


@instead(
    "9.1/4",
    environments=(PROD,),
    held_by=("tests/stacks/test_standby.py", "tests/stacks/test_standby_data.py", _LOSS),
    why=(
        "one region serves, and a second one has copies: two would double the costs of 5.1. `[recovery] mode` lets it "
        "stand by or serve, too (docs/recovery.md); CloudFront answers users far away. dev and staging have none"
    ),
)
def several_regions(view: View) -> None:
    """The copies from which the second region can serve, and names that choose a region by its latency."""
    second_region(view)
    record = view.one("aws_route53_record", {"type": equals("A"), "alias": is_set()}, layer="edge")
    record.require("latency_routing_policy", "region", equals("us-east-1"))
    record.require("set_identifier", equals("us-east-1"))
