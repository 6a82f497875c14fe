from __future__ import annotations

from typing import TYPE_CHECKING

from acceptance.harness import name_width
from tests.fixtures import FOLDER

if TYPE_CHECKING:
    from tests.template import Template


def test_the_column_is_as_wide_as_the_longest_name_of_the_stacks_that_run(stacks: dict[str, Template]) -> None:
    assert name_width(["dev"], FOLDER) == max(len(id_) for id_ in stacks if id_.startswith("dev-"))
    assert name_width(["dev", "prod", "staging"], FOLDER) == max(map(len, stacks))
