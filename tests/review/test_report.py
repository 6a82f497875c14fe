"""What people read: one short page, the verdict first, and nothing that a plan hides."""

from __future__ import annotations

from typing import Any

from console.text import LIMIT, SUMMARY_LIMIT
from review.changes import KINDS
from review.finding import Finding, Level
from review.page import Line, Review, StackReview
from review.report import COMMENT_MARK, ISSUE_MARK, Run, comment, issue, page, summary


def stack(name: str = "prod-network", status: str = "changes", **others: Any) -> StackReview:
    counts = dict.fromkeys(KINDS, 0) | others.pop("counts", {})
    return StackReview(stack=name, status=status, counts=counts, **others)


def run(**stacks: list[StackReview] | None) -> Run:
    reviews = {name: None if listed is None else Review(stacks=tuple(listed)) for name, listed in stacks.items()}
    return Run(commit="0123456789abcdef", url="https://github.com/acme/infra/actions/runs/7", reviews=reviews)


def lost(address: str = "aws_db_instance.postgres", level: Level = Level.BLOCK, approved: str = "") -> Finding:
    return Finding(action="destroy-data", level=level, address=address, text="is destroyed", approved_by=approved)


QUIET = stack("prod-state", "no changes")


def test_a_comment_has_a_line_for_each_stack_that_changes_and_counts_the_others() -> None:
    text = comment(run(prod=[QUIET, stack(counts={"create": 3, "change": 1}), stack("prod-edge", "no changes")]))
    assert text == (
        f"{COMMENT_MARK}\n"
        "### Plan of <code>0123456789ab</code>: allow\n\n"
        "| stack | create | change | replace | destroy |  |\n"
        "| --- | ---: | ---: | ---: | ---: | --- |\n"
        "| <code>prod-network</code> | 3 | 1 |  |  |  |\n\n"
        "2 stacks have no changes.\n\n\n"
        "The plans are in the log of [this run](https://github.com/acme/infra/actions/runs/7).\n"
    )


def test_the_worst_reason_stands_first() -> None:
    findings = (lost("aws_vpc.a", Level.APPROVAL), lost())
    text = comment(run(prod=[stack("prod-data", counts={"destroy": 2}, findings=findings)]))
    _, title, _, first, second, *_ = text.splitlines()
    assert title.endswith(": block")
    assert first.startswith("- **block** destroy-data: <code>prod-data</code> <code>aws&#95;db")
    assert second.startswith("- **needs approval**")
    assert "add an entry to `review/approvals.toml`" in text


def test_an_approved_loss_does_not_block_and_says_who_accepts_it() -> None:
    text = comment(run(prod=[stack("prod-data", findings=(lost(approved="platform, until 2027-01-31: why"),))]))
    assert ": allow\n" in text
    assert "- **approved** destroy-data" in text
    assert "(platform, until 2027-01-31&#58; why)" in text


def test_a_plan_that_failed_is_not_taken_for_one_without_changes() -> None:
    text = comment(run(prod=[stack("prod-data", "failed")], dev=None))
    assert "| <code>prod-data</code> |  |  |  |  | **<code>failed</code>** |" in text
    assert "**<code>dev</code>: the plan did not end.**" in text
    assert text.splitlines()[1].endswith(": block")
    assert not run(prod=[stack("prod-data", "failed")]).is_quiet
    assert not run(prod=[QUIET], dev=None).is_quiet


def test_only_outputs() -> None:
    assert "| only outputs |" in comment(run(prod=[stack(outputs=("create a",))]))
    assert "only outputs" not in comment(run(prod=[stack(outputs=("create a",), counts={"create": 1})]))


def test_what_others_changed_is_in_the_issue() -> None:
    text = issue(run(prod=[stack(status="no changes", drifted=("aws_lb.x: idle_timeout",))]))
    assert text.startswith(ISSUE_MARK)
    assert "| 1 changed by others |" in text
    assert "- <code>prod-network</code>: <code>aws&#95;lb.x&#58; idle&#95;timeout</code>" in text


def test_equal_changes_are_one_line_and_the_summary_names_all_of_them() -> None:
    names = tuple(f"aws_subnet.s{number}" for number in range(20))
    review = stack(lines=(Line(kind="change", addresses=names, count=20, text="tags.Owner"),), counts={"change": 20})
    short, long = comment(run(prod=[review])), summary(run(prod=[review]))
    assert "and 17 more&#41;" in short or "and 17 more)" in short
    assert "subnet.s19" not in short
    assert "subnet.s19" in long


def test_what_a_pull_request_has_written_cannot_be_more_than_text() -> None:
    hostile = stack(
        'x | y" <img src=x> @all',
        "</code>[a](b)",
        findings=(lost("`x`\n\n# Title"),),
        lines=(Line(kind="</code>", addresses=("\n\n# Title",), count=1, text="@all"),),
        outputs=("<b>",),
        unknown=("\n# x",),
        costs=("\n# x",),
    )
    text = comment(run(prod=[hostile]))
    rest = text.replace(COMMENT_MARK, "").replace("<code>", "").replace("</code>", "")
    assert "<" not in rest
    assert "@" not in rest
    assert text.count("\n#") == 1


def test_many_changes_fit_into_a_comment_and_into_a_summary() -> None:
    lines = tuple(
        Line(kind="replace", addresses=(f"aws_db_instance.x[{number}]",), count=1, text="x" * 200)
        for number in range(500)
    )
    findings = tuple(lost(f"aws_db_instance.x[{number}]") for number in range(500))
    stacks = [stack(f"prod-{number}", counts={"replace": 500}, lines=lines, findings=findings) for number in range(30)]
    text = comment(run(prod=stacks))
    assert len(text) <= LIMIT
    assert text.splitlines()[1].endswith(": block")
    assert "more lines do not fit." in text
    assert text.endswith("(https://github.com/acme/infra/actions/runs/7).\n")
    assert "- 14980 more reasons" in text
    assert len(summary(run(prod=stacks)).encode()) <= SUMMARY_LIMIT < 2**20


def test_a_page_of_its_own_has_the_mark() -> None:
    assert page(Review(stacks=(QUIET,))).startswith(f"{COMMENT_MARK}\n### Plan: allow\n")


def test_without_environments_it_says_what_is_missing() -> None:
    assert "No environment has `[security.github]`" in summary(run())
