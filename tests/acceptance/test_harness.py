from __future__ import annotations

from typing import TYPE_CHECKING

from acceptance.harness import name_width

if TYPE_CHECKING:
    from tests.template import Template


def test_the_names_are_as_wide_as_the_longest_stack_of_those_that_run(stacks: dict[str, Template]) -> None:
    assert name_width(["dev"]) == max(len(id_) for id_ in stacks if id_.startswith("dev-"))
    assert name_width(["dev", "prod", "staging"]) == max(map(len, stacks))
