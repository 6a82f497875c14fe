"""Backups, their copies, restore tests."""

from __future__ import annotations

import pytest

from pricing.charge import Charge
from pricing.kinds import PRICERS
from pricing.kinds.recovery import interval_days
from pricing.prices import HOURS_PER_MONTH
from tests.pricing.samples import charges, gaps, resource, site

MONTH = HOURS_PER_MONTH / 24
DATABASE = resource("aws_db_instance.a")
VAULT = "arn:aws:backup:us-west-2:111111111111:backup-vault:v"
DAILY, WEEKLY, MONTHLY = "cron(0 8 ? * * *)", "cron(0 8 ? * SUN *)", "cron(0 8 1 * ? *)"


@pytest.mark.parametrize(
    ("schedule", "days"),
    [
        (DAILY, 1),
        ("cron(0 8 * * ? *)", 1),
        (WEEKLY, 7),
        ("cron(0 8 ? * MON,THU *)", 3.5),
        (MONTHLY, pytest.approx(MONTH)),
        ("cron(0 8 L * ? *)", pytest.approx(MONTH)),
        ("cron(0 8 ? JAN * *)", None),
        ("cron(0 8 ? * MON-FRI *)", None),
        ("rate(1 day)", None),
    ],
)
def test_a_schedule_has_so_many_days_between_two_runs(schedule: str, days: float | None) -> None:
    assert interval_days(schedule) == days


def test_backups_have_the_data_once_and_each_the_changes_since_the_one_before() -> None:
    plan = resource(
        "aws_backup_plan.p",
        rule=[
            {"schedule": DAILY, "lifecycle": {"delete_after": 7}},
            {"schedule": WEEKLY, "lifecycle": {"delete_after": 35}},
        ],
    )
    found = charges(plan, DATABASE, postgres_gib=100, daily_change_percent=1)
    assert found == {"backup_rds_snapshot": pytest.approx(100 + 7 * 1 + 5 * 7)}
    assert charges(plan) == {}, "without a database there is nothing to back up"


def test_a_copy_costs_as_much_there_and_what_is_sent_here() -> None:
    rule = {
        "schedule": DAILY,
        "lifecycle": {"delete_after": 7},
        "copy_action": [{"destination_vault_arn": VAULT, "lifecycle": {"delete_after": 3}}],
    }
    plan = resource("aws_backup_plan.p", rule=rule)
    one = site(plan, resource("aws_docdb_cluster.c"), documentdb_gib=100, daily_change_percent=1)
    copy, sent = [item for item in PRICERS[plan.kind](plan, one) if isinstance(item, Charge)][1:]
    assert (copy.price, copy.region) == ("backup_documentdb_snapshot", "us-west-2")
    assert copy.quantity == pytest.approx(103)
    assert (sent.price, sent.region) == ("inter_region_data", "")
    assert sent.quantity == pytest.approx(MONTH)


def test_a_schedule_that_is_not_understood_is_said() -> None:
    plan = resource("aws_backup_plan.p", rule={"schedule": "rate(1 day)"})
    assert gaps(plan, DATABASE) == ['the backups of the schedule "rate(1 day)" are not known']


def test_replicated_backups_cost_where_they_are() -> None:
    copies = resource(
        "aws_db_instance_automated_backups_replication.r",
        retention_period=7,
        source_db_instance_arn="arn:aws:rds:us-west-2:111111111111:db:users",
    )
    found = charges(copies, postgres_gib=100, daily_change_percent=1)
    assert found == {"postgres_backup": pytest.approx(106), "inter_region_data": pytest.approx(MONTH)}


def test_a_restore_test_costs_the_hours_of_a_restored_instance() -> None:
    overrides = {"dbInstanceClass": "db.t4g.micro"}
    test = resource(
        "aws_backup_restore_testing_selection.s", protected_resource_type="RDS", restore_metadata_overrides=overrides
    )
    weekly = charges(test, drill_hours=3)["postgres/db.t4g.micro"] * HOURS_PER_MONTH
    assert weekly == pytest.approx(3 * MONTH / 7)
    assert gaps(resource("aws_backup_restore_testing_selection.s", protected_resource_type="EFS")) == [
        "restores of EFS have no price"
    ]
