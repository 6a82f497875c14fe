"""What people read: one short table, the loss of data in bold, and nothing that a plan hides."""

from __future__ import annotations

from typing import Any

from review.plan import KINDS, Row
from review.report import COMMENT_MARK, ISSUE_MARK, Run, comment, issue, summary
from review.text import LIMIT


def row(stack: str = "prod-network", status: str = "changes", **others: Any) -> Row:
    counts = dict.fromkeys(KINDS, 0) | others.pop("counts", {})
    return Row(stack=stack, status=status, counts=counts, **others)


def run(**rows: list[Row] | None) -> Run:
    return Run(commit="0123456789abcdef", url="https://github.com/acme/infra/actions/runs/7", rows=rows)


QUIET = row("prod-state", "no changes")


def test_a_comment_has_a_line_for_each_stack_that_changes_and_counts_the_others() -> None:
    text = comment(run(prod=[QUIET, row(counts={"create": 3, "change": 1}), row("prod-edge", "no changes")]))
    assert text == (
        f"{COMMENT_MARK}\n"
        "### Plan of <code>0123456789ab</code>\n\n"
        "| stack | create | change | replace | destroy |  |\n"
        "| --- | ---: | ---: | ---: | ---: | --- |\n"
        "| <code>prod-network</code> | 3 | 1 |  |  |  |\n\n"
        "2 stacks have no changes.\n\n\n"
        "The plans are in the log of [this run](https://github.com/acme/infra/actions/runs/7).\n"
    )


def test_a_loss_of_data_is_in_bold_and_named() -> None:
    text = comment(
        run(
            prod=[
                row(
                    "prod-data",
                    counts={"replace": 1, "change": 1},
                    stateful=("replace aws_db_instance.postgres", "change aws_kms_key.data"),
                )
            ]
        )
    )
    assert "| **1** |  | **data is lost in 1** |" in text
    assert "- <code>prod-data</code>: <code>replace aws&#95;db&#95;instance.postgres</code>" in text


def test_a_plan_that_failed_is_not_taken_for_one_without_changes() -> None:
    text = comment(run(prod=[row("prod-data", "failed")], dev=None))
    assert "| <code>prod-data</code> |  |  |  |  | **<code>failed</code>** |" in text
    assert "**<code>dev</code>: the plan did not end.**" in text
    assert not run(prod=[row("prod-data", "failed")]).is_quiet
    assert not run(prod=[QUIET], dev=None).is_quiet


def test_only_outputs() -> None:
    assert "| only outputs |" in comment(run(prod=[row(outputs=2)]))
    assert "only outputs" not in comment(run(prod=[row(outputs=2, counts={"create": 1})]))


def test_what_others_changed_makes_a_run_that_is_not_quiet() -> None:
    drifted = row(status="no changes", drifted=("aws_lb.x: idle_timeout",))
    assert run(prod=[QUIET]).is_quiet
    assert not run(prod=[QUIET, drifted]).is_quiet
    text = issue(run(prod=[drifted]))
    assert text.startswith(ISSUE_MARK)
    assert "| 1 changed by others |" in text
    assert "- <code>prod-network</code>: <code>aws&#95;lb.x&#58; idle&#95;timeout</code>" in text


def test_a_row_that_a_pull_request_has_written_cannot_be_more_than_text() -> None:
    text = comment(run(prod=[row('x | y" <img src=x> @all', "</code>[a](b)", stateful=("destroy `x`\n\n# Title",))]))
    rest = text.replace(COMMENT_MARK, "").replace("<code>", "").replace("</code>", "")
    assert "<" not in rest
    assert "@" not in rest
    assert text.count("\n#") == 1


def test_many_changes_fit_into_a_comment() -> None:
    names = tuple(f"replace aws_db_instance.x[{number}]" for number in range(500))
    rows = [row(f"prod-{number}", counts={"replace": 500}, stateful=names) for number in range(100)]
    text = comment(run(prod=rows))
    assert len(text) <= LIMIT
    assert "more lines do not fit." in text
    assert text.endswith("(https://github.com/acme/infra/actions/runs/7).\n")
    assert "<code>prod-0</code>: 480 more" in text


def test_without_environments_it_says_what_is_missing() -> None:
    assert "No environment has `[security.github]`" in summary(run())
