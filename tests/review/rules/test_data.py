"""What holds data is never destroyed, replaced or forgotten without a word."""

from __future__ import annotations

import pytest

from review.finding import Level
from review.rules.data import lost_data
from synthesis.stateful import IRREPLACEABLE, OTHER_STATEFUL, STATEFUL
from tests.review.plan_json import changes, entry


@pytest.mark.parametrize("kind", ["destroy", "replace"])
@pytest.mark.parametrize("type_", [*STATEFUL, *OTHER_STATEFUL])
def test_the_end_of_data_blocks(type_: str, kind: str) -> None:
    (found,) = lost_data(changes(entry(f"{type_}.a", kind)))
    assert (found.action, found.level, found.address) == ("destroy-data", Level.BLOCK, f"{type_}.a")


@pytest.mark.parametrize("type_", sorted(set(IRREPLACEABLE) - set(STATEFUL)))
def test_what_cannot_come_back_as_it_was_needs_an_approval(type_: str) -> None:
    (found,) = lost_data(changes(entry(f"{type_}.a", "destroy")))
    assert found.level is Level.APPROVAL


@pytest.mark.parametrize("kind", ["create", "change", "stay"])
def test_what_stays_is_no_finding(kind: str) -> None:
    assert not list(lost_data(changes(entry("aws_s3_bucket.a", kind), entry("aws_sns_topic.a", "destroy"))))


def test_the_cause_and_the_missing_copy_are_told() -> None:
    values = {"storage_encrypted": True, "skip_final_snapshot": True}
    paths = {"replace_paths": [["storage_encrypted"]]}
    (found,) = lost_data(
        changes(entry("aws_db_instance.a", "replace", values, {**values, "storage_encrypted": False}, **paths))
    )
    assert found.text == "is replaced by an empty one: storage_encrypted true -> false; without a final snapshot"


def test_a_forgotten_database_stays_and_a_replica_has_nothing_of_its_own() -> None:
    replica = {"replicate_source_db": "main", "arn": "arn:aws:rds:us-east-1:444444444444:db:a"}
    forgotten, spare, deposed = lost_data(
        changes(
            entry("aws_db_instance.a", "forget"),
            entry("aws_db_instance.b", "destroy", replica),
            entry("aws_kms_key.c", "destroy", deposed="ab12"),
        )
    )
    assert {one.level for one in (forgotten, spare, deposed)} == {Level.APPROVAL}
    assert "leaves the state and stays" in forgotten.text


def test_a_replica_of_another_region_is_all_that_is_left() -> None:
    source = "arn:aws:rds:us-west-2:444444444444:db:main"
    values = {"replicate_source_db": source, "arn": "arn:aws:rds:us-east-1:444444444444:db:a"}
    (found,) = lost_data(changes(entry("aws_db_instance.a", "destroy", values)))
    assert found.level is Level.BLOCK
