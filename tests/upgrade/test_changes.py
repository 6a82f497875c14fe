from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from synthesis.stateful import STATEFUL
from tests.upgrade.changes import Change, ExpectedChanges, planned_changes

if TYPE_CHECKING:
    from pathlib import Path

TAGGED = Change("dev-network", "aws_vpc.vpc", "update")
MOVED = Change("dev-network", 'aws_subnet.a["x y"]', "move")
REPLACED = Change("dev-data", "aws_db_instance.postgres", "replace")


def test_the_words_of_a_plan_become_changes_and_reads_are_none() -> None:
    plans = {
        "dev-network": ("update aws_vpc.vpc", 'move aws_subnet.a["x y"]', "read data.aws_caller_identity.me"),
        "dev-data": ("replace aws_db_instance.postgres",),
    }
    assert planned_changes(plans) == {TAGGED, MOVED, REPLACED}


@pytest.mark.parametrize("action", ["delete", "replace"])
@pytest.mark.parametrize(
    "address", ["aws_s3_bucket.files", "module.any.aws_s3_bucket.files", 'aws_s3_bucket.files["a.b"]']
)
def test_a_bucket_that_goes_is_recognized_by_its_address(address: str, action: str) -> None:
    assert Change("dev-data", address, action).destroys_any_of(STATEFUL)


@pytest.mark.parametrize("action", ["create", "import", "move", "remove", "update"])
def test_other_actions_destroy_nothing(action: str) -> None:
    assert not Change("dev-data", "aws_s3_bucket.files", action).destroys_any_of(STATEFUL)


def test_what_only_belongs_to_a_bucket_is_no_bucket() -> None:
    assert not Change("dev-data", "aws_s3_bucket_policy.files", "replace").destroys_any_of(STATEFUL)


LIST = """\
# The head
# of the list.

# The tag of the team.
dev-network aws_subnet.a["x y"] move  # it has a place of its own
dev-network aws_vpc.vpc update
dev-security * retired
# The end.
"""


def listed(path: Path, text: str) -> ExpectedChanges:
    path.write_text(text)
    return ExpectedChanges.read(path)


def test_a_list_is_read_and_written_as_it_was(tmp_path: Path) -> None:
    expected = listed(tmp_path / "dev.txt", LIST.removesuffix("# The end.\n"))
    changes = [TAGGED, MOVED, Change.retirement("dev-security")]
    assert set(expected.whys) == set(changes)
    expected.write(changes)
    assert expected.path.read_text() == LIST.removesuffix("# The end.\n")


def test_a_comment_below_the_last_line_goes_to_the_head_and_not_away(tmp_path: Path) -> None:
    expected = listed(tmp_path / "dev.txt", LIST)
    expected.write(expected.whys)
    assert expected.path.read_text().startswith("# The head\n# of the list.\n\n# The end.\n\n# The tag of the team.\n")
    assert set(ExpectedChanges.read(expected.path).whys) == set(expected.whys)


def test_the_comments_of_lines_that_stay_are_kept_in_a_new_order(tmp_path: Path) -> None:
    expected = listed(tmp_path / "dev.txt", LIST.removesuffix("# The end.\n"))
    expected.write({MOVED, REPLACED})
    assert expected.path.read_text() == (
        "# The head\n# of the list.\n\ndev-data aws_db_instance.postgres replace\n# The tag of the team.\n"
        'dev-network aws_subnet.a["x y"] move  # it has a place of its own\n'
    )


def test_without_a_list_nothing_is_expected_and_a_new_one_says_what_it_is(tmp_path: Path) -> None:
    expected = ExpectedChanges.read(tmp_path / "new" / "dev.txt")
    assert expected.whys == {}
    expected.write({TAGGED})
    assert expected.path.read_text().startswith("# What an upgrade from the baseline changes")
    assert set(ExpectedChanges.read(expected.path).whys) == {TAGGED}


def test_a_line_of_another_form_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"dev\.txt:2: 'aws_vpc\.vpc' is not a valid line; write `<stack>"):
        listed(tmp_path / "dev.txt", "# The head\naws_vpc.vpc\n")
