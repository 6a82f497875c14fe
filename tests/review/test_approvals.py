"""An entry accepts one action on one resource, for a time; what it does not say is not accepted."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from config.errors import ConfigError
from review.approvals import FILE, load_approvals
from review.finding import ACTIONS, NEVER_APPROVED, Finding, Level
from review.judge import StackPlan, judge
from tests.review.plan_json import entry, plan

if TYPE_CHECKING:
    from pathlib import Path

    from review.page import Review

ENTRY = """[[approval]]
address = "data/aws_db_instance.postgres"
action = "destroy-data"
environments = ["dev"]
reason = "dev is made again from a snapshot of staging"
owner = "platform"
expires = 2027-01-31
"""
PLAN = StackPlan(
    stack="dev-data", name="data", content=plan(entry("aws_db_instance.postgres", "destroy", {"engine": "postgres"}))
)
BEFORE, AFTER = date(2027, 1, 30), date(2027, 1, 31)


def written(folder: Path, text: str) -> Path:
    file = folder / "approvals.toml"
    file.write_text(text, encoding="utf-8")
    return file


def reviewed(folder: Path, text: str, *, today: date = BEFORE, environment: str = "dev") -> Review:
    approvals = load_approvals(written(folder, text))
    return judge([PLAN], environment=environment, approvals=approvals, today=today)


def test_without_an_entry_a_loss_of_data_blocks(tmp_path: Path) -> None:
    assert reviewed(tmp_path, "").level is Level.BLOCK


def test_an_entry_accepts_it_and_is_shown(tmp_path: Path) -> None:
    review = reviewed(tmp_path, ENTRY)
    assert review.level is Level.ALLOW
    assert review.notes == ()
    ((_, finding),) = review.placed()
    assert finding.approved_by == "platform, until 2027-01-31: dev is made again from a snapshot of staging"


def test_an_expired_entry_accepts_nothing_and_is_told(tmp_path: Path) -> None:
    review = reviewed(tmp_path, ENTRY, today=AFTER)
    assert review.level is Level.BLOCK
    (note,) = review.notes
    assert "expired on 2027-01-31" in note


@pytest.mark.parametrize(
    "other",
    [
        ENTRY.replace("destroy-data", "drop-protection"),
        ENTRY.replace("postgres", "users"),
        ENTRY.replace("data/", "network/"),
        ENTRY.replace("aws_db_instance.postgres", "aws_db_instance.postgre?x"),
    ],
)
def test_an_entry_for_something_else_is_told(tmp_path: Path, other: str) -> None:
    review = reviewed(tmp_path, other)
    assert review.level is Level.BLOCK
    assert "matches nothing" in review.notes[0]


def test_an_entry_for_another_environment_is_not_told_here(tmp_path: Path) -> None:
    review = reviewed(tmp_path, ENTRY, environment="prod")
    assert review.level is Level.BLOCK
    assert review.notes == ()


def test_a_part_of_an_environment_does_not_say_that_an_entry_is_not_needed(tmp_path: Path) -> None:
    approvals = load_approvals(written(tmp_path, ENTRY.replace("postgres", "users")))
    assert judge([PLAN], environment="dev", approvals=approvals, today=BEFORE, is_whole=False).notes == ()


def test_a_star_stands_for_any_text_and_a_bracket_for_itself(tmp_path: Path) -> None:
    finding = Finding(action="destroy-data", level=Level.BLOCK, address='aws_s3_bucket.a["x"]', text="")
    keyed = ENTRY.replace("aws_db_instance.postgres", 'aws_s3_bucket.a[\\"x\\"]')
    (exact,) = load_approvals(written(tmp_path, keyed))
    assert exact.covers(finding, stack="data", environment="dev", today=BEFORE)
    (star,) = load_approvals(written(tmp_path, ENTRY.replace("aws_db_instance.postgres", "aws_s3_bucket.*")))
    assert star.covers(finding, stack="data", environment="dev", today=BEFORE)
    assert not star.covers(finding, stack="edge", environment="dev", today=BEFORE)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (ENTRY.replace("destroy-data", "destroy"), "did you mean destroy-data?"),
        (ENTRY.replace("destroy-data", "unsound-plan"), "is not a valid action"),
        (ENTRY.replace("data/aws", "aws"), "is not a valid address"),
        (ENTRY.replace("aws_db_instance.postgres", "*.postgres"), "accepts too much"),
        (ENTRY.replace("dev is made again from a snapshot of staging", "ok"), "is not a valid reason"),
        (ENTRY.replace('"platform"', '"a@b.example"'), "is not a valid team"),
        (ENTRY.replace("expires = 2027-01-31", ""), "expires"),
        (ENTRY.replace('["dev"]', "[]"), "environments"),
        ("[[aproval]]", "aproval"),
    ],
)
def test_a_mistake_is_told(tmp_path: Path, wrong: str, told: str) -> None:
    with pytest.raises(ConfigError) as raised:
        load_approvals(written(tmp_path, wrong))
    assert told in str(raised.value)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: No such file or directory"):
        load_approvals(tmp_path / "none.toml")


def test_the_committed_list_can_be_read() -> None:
    assert isinstance(load_approvals(FILE), tuple)
    assert set(ACTIONS) >= NEVER_APPROVED
