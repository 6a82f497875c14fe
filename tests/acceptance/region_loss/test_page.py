"""The steps are taken out of a page as they stand there, and what cannot be a step is refused."""

from __future__ import annotations

import pytest

from acceptance.region_loss.page import PARTS, PageError, PageStep, steps
from main import ROOT

PAGE = (ROOT / "docs" / "region-loss.md").read_text(encoding="utf-8")


def test_a_block_after_a_comment_is_a_step_and_other_blocks_are_not() -> None:
    page = (
        "```sh\nmake plan\n```\n\n1. Do it:\n\n   <!-- region-loss fail over: do it -->\n"
        "   ```sh\n   make apply\n     more\n   ```\n\n"
        "<!-- region-loss fail back: set it -->\n```toml\n[recovery]\n```\n"
    )
    assert list(steps(page)) == [
        PageStep("fail over", "do it", commands="make apply\n  more\n"),
        PageStep("fail back", "set it", settings="[recovery]\n"),
    ]


def test_a_table_can_be_removed() -> None:
    (step,) = steps("<!-- region-loss fail back: remove [recovery.fail_over], go back to what was -->\n\nText\n")
    assert step == PageStep("fail back", "go back to what was", removed="recovery.fail_over")


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("<!-- region-loss fall over: do it -->\n```sh\nls\n```\n", "'fall over' of 'do it' is not a part"),
        ("<!-- region-loss fail over: do it -->\nText\n", "neither a block of sh or toml after it nor a table"),
    ],
)
def test_what_is_no_step_is_refused(page: str, said: str) -> None:
    with pytest.raises(PageError, match=said):
        list(steps(page))


def test_the_page_has_steps_of_each_part_and_no_comment_that_is_none() -> None:
    found = list(steps(PAGE))
    assert {step.part for step in found} == set(PARTS)
    assert len(found) == PAGE.count("<!-- region-loss ")
    assert len({(step.part, step.title) for step in found}) == len(found)
