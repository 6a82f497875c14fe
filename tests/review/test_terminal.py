"""The page in a terminal: the verdict first, and nothing that a name can add to it."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review import report, terminal
from review.judge import StackPlan, judge
from review.page import Review, StackReview
from tests.review.plan_json import entry, made, plan


def page(case: str) -> str:
    return terminal.page(judge([StackPlan(stack=f"dev-{case}", name=case, content=made(case))], environment="dev"))


def test_the_verdict_is_the_first_line_and_its_worst_reason_the_next() -> None:
    first, empty, reason, *_ = page("platform").splitlines()
    assert (first, empty) == ("Verdict: block", "")
    assert reason.split()[:3] == ["block", "destroy-data", "dev-platform/aws_db_instance.postgres"]


def test_each_reason_of_a_dangerous_plan_is_there() -> None:
    text = page("platform")
    for told in (
        "is replaced by an empty one: storage_encrypted true -> false",
        "storage_encrypted true -> false",
        "is destroyed: its block is gone from the configuration",
        "deletion_protection true -> false; data is destroyed or replaced in the same plan",
        "opens port 5432 tcp to the internet",
        "block_public_policy true -> false",
        "allows more: s3:Get* on arn:aws:s3:::review-files",
        'engine_version "16.4" -> "15.2"',
        'image of the container "api": "release-42" -> "release-9"',
        "100% blue -> 100% green",
        "idle_timeout; undoes what others have changed",
        "tags.Owner",
    ):
        assert told in text
    assert "aws_iam_role_policy.same" not in text.partition("stack ")[0]
    assert "listener.main: default_action" not in text.partition("changed by others")[2]


def test_moved_imported_forgotten_and_equal_changes() -> None:
    text = page("builtin")
    assert "move    terraform_data.new_name: moved from terraform_data.old_name" in text
    assert 'import  terraform_data.imported: imported "an-id"' in text
    assert "forget  terraform_data.forgotten" in text
    assert re.search(r"~ +20 resources \(terraform_data.tagged\[0\], .* and 17 more\): input.tag", text)


NAMES = st.text(
    st.one_of(st.characters(), st.sampled_from("\n\r\t\x1b\x07\u202e\u2066\u200b`<>|*_#@[]()&\\\"'")), max_size=30
)


@given(NAMES, NAMES)
def test_no_name_adds_a_line_or_moves_the_cursor(name: str, other: str) -> None:
    """Neither in a terminal nor on GitHub."""

    def made_with(one: str, two: str) -> Review:
        content = plan(
            entry(f'aws_s3_bucket.a["{one}"]', "destroy", action_reason=two or "x"),
            entry(f'aws_vpc.a["{one}"]', "change", {"tags": {two: "1"}}, {"tags": {two: "2"}}),
            output_changes={two: {"actions": ["create"]}},
        )
        return judge([StackPlan(stack=one or "x", content=content)])

    plain, hostile = made_with("x", "x"), made_with(name, other)
    for text in (terminal.page(hostile), report.page(hostile)):
        assert all(character.isprintable() or character == "\n" for character in text)
    assert terminal.page(hostile).count("\n") == terminal.page(plain).count("\n")
    markdown = report.page(hostile)
    assert markdown.count("\n") == report.page(plain).count("\n")
    for line in markdown.removeprefix(report.COMMENT_MARK).splitlines():
        inner = line.replace("<code>", "").replace("</code>", "")
        assert not set("<>@[]`") & set(inner.replace("`review/approvals.toml`", ""))


@dataclass
class Stream:
    is_terminal: bool

    def isatty(self) -> bool:
        return self.is_terminal


@pytest.mark.parametrize(
    ("is_terminal", "environ", "expected"),
    [
        (True, {"TERM": "xterm"}, True),
        (True, {"NO_COLOR": ""}, True),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"TERM": "dumb"}, False),
        (False, {}, False),
    ],
)
def test_colours_only_where_they_are_seen(*, is_terminal: bool, environ: dict[str, str], expected: bool) -> None:
    assert terminal.is_coloured(Stream(is_terminal), environ) is expected  # type: ignore[arg-type]


def test_colours_change_no_text() -> None:
    review = judge([StackPlan(stack="any", content=made("platform"))])
    coloured = terminal.page(review, coloured=True)
    assert "\x1b[1;31mblock\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == terminal.page(review)


def test_a_plan_that_was_not_made_is_no_plan_without_changes() -> None:
    counts = dict.fromkeys(("create", "change", "replace", "destroy"), 0)
    stacks = tuple(
        StackReview(stack=f"dev-{one}", status=one, counts=counts) for one in ("failed", "waits", "no changes")
    )
    text = terminal.page(Review(stacks=stacks))
    assert text.startswith("Verdict: block")
    assert "dev-failed: failed, so what it would change is not known" in text
    assert "1 stack has no changes." in text


def test_nothing_to_do_is_short() -> None:
    assert (
        terminal.page(judge([StackPlan(stack="any", content=plan())])) == "Verdict: allow\n\n\n1 stack has no changes."
    )


def test_thousands_of_reasons_are_counted_with_the_worst_first() -> None:
    harmless = [entry(f"aws_vpc.a{index}", "destroy") for index in range(1000)]
    databases = [entry(f"aws_db_instance.a{index}", "destroy") for index in range(40)]
    shown = terminal.page(judge([StackPlan(stack="dev-data", content=plan(*harmless, *databases))]))
    assert shown.count("  block  ") == 40
    assert "\n  990 more reasons, none worse than the last one; FORMAT=json has all\n" in shown
    assert len(shown.splitlines()) < 200
