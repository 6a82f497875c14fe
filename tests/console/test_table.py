from __future__ import annotations

import pytest

from console.table import table


def test_columns_are_aligned_and_numbers_to_the_right() -> None:
    rows = [("stack", "added", "path"), ("dev-network", "12", "a"), ("dev", "-", "b/c")]
    assert table(rows).splitlines() == [
        "stack        added  path",
        "dev-network     12  a",
        "dev              -  b/c",
    ]


def test_one_row_has_no_heading_and_no_padding_at_its_end() -> None:
    assert table([("rule", "9", "")]) == "rule  9"


def test_no_rows_are_no_lines() -> None:
    assert table([]) == ""


def test_rows_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        table([("a", "b"), ("c",)])
