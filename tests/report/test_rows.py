from __future__ import annotations

from report.rows import ordered


def test_lines_between_two_rows_do_not_cross() -> None:
    above, below = ordered([["a", "b", "c"], ["x", "y", "z"]], [("a", "z"), ("b", "y"), ("c", "x")])
    beside = {"a": "z", "b": "y", "c": "x"}
    assert [beside[one] for one in above] == below


def test_the_most_connected_one_of_equals_is_in_the_middle() -> None:
    pairs = [("top", "a"), ("top", "b"), ("top", "c"), ("a", "d"), ("a", "e")]
    assert ordered([["top"], ["a", "b", "c"], ["d", "e"]], pairs)[1][1] == "a"


def test_nothing_is_lost() -> None:
    assert [sorted(row) for row in ordered([["a", "b"], [], ["c"]], [])] == [["a", "b"], [], ["c"]]
