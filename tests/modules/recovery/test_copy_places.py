"""Where copies are, by names alone, and the little that measuring them takes."""

from __future__ import annotations

import json

from config.copies import copied_stores
from config.recovery_targets import CopyTargets
from lambdas.copy_ages.measures import Measures, now
from modules.recovery.copy_places import copy_places
from tests.modules.recovery.regions import THERE

PLACES = copy_places(THERE)
ALL = tuple(
    copied_stores(CopyTargets(), postgres=True, documentdb=True, secrets=True, backups=True, assets=True, trail=True)
)


def test_each_store_that_can_have_copies_has_a_place() -> None:
    assert {store.name for store in ALL} == PLACES.keys()


def test_databases_are_those_of_the_environments_own_region() -> None:
    for name, end in (
        ("postgres", "db:user-management-test-postgres"),
        ("postgres-backups", "db:user-management-test-postgres"),
        ("documentdb", "cluster:user-management-test-documentdb"),
    ):
        settings = PLACES[name].settings
        assert (settings.get("instance") or settings["resource"]) == f"arn:aws:rds:us-east-1:444444444444:{end}"


def test_the_trail_is_looked_for_in_the_files_of_the_day() -> None:
    prefix = "AWSLogs/444444444444/CloudTrail/us-east-1/{date}/"
    assert PLACES["audit"].settings["prefix"] == prefix
    (statement,) = PLACES["audit"].statements
    (condition,) = statement.conditions
    assert condition.values == ("AWSLogs/444444444444/CloudTrail/us-east-1/*",)


def test_nothing_that_is_copied_can_be_read() -> None:
    actions = {action for place in PLACES.values() for one in place.statements for action in one.actions}
    assert actions == {
        "backup:ListRecoveryPointsByBackupVault",
        "rds:DescribeDBInstanceAutomatedBackups",
        "s3:ListBucket",
        "ssm:GetParameter",  # of the marker, without the key that decrypts its value
    }


def test_everything_is_asked_in_the_second_region() -> None:
    for one in (statement for place in PLACES.values() for statement in place.statements):
        region = {condition.values for condition in one.conditions if condition.key == "aws:RequestedRegion"}
        for arn in one.resources:
            assert (arn == "*" and region == {("us-west-2",)}) or ":us-west-2:" in arn or "-us-west-2-" in arn


def test_the_function_knows_each_way() -> None:
    known = Measures(lambda _: None, now=now())._ways  # noqa: SLF001
    assert {place.settings["way"] for place in PLACES.values()} == known.keys()


def test_all_places_fit_into_the_variables_of_a_function() -> None:
    """4 KB for all of them: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html."""
    assert len(json.dumps({name: place.settings for name, place in PLACES.items()})) < 3072
