"""Whatever a name contains, GitHub shows it as it is: no Markdown, HTML, link, mention or broken table."""

from __future__ import annotations

import html
import re

from hypothesis import given
from hypothesis import strategies as st

from console.text import LIMIT, code, fit, table


@given(st.text(max_size=100))
def test_nothing_in_a_name_has_a_meaning(name: str) -> None:
    shown = code(name)
    inner = shown.removeprefix("<code>").removesuffix("</code>")
    assert re.fullmatch(r"(?:[A-Za-z0-9 .,-]|&#\d+;|&#92;u[0-9a-f]{4,6}|u[0-9a-f]+)*", inner)
    if name.isprintable():
        assert html.unescape(inner) == name


def test_what_would_have_a_meaning_is_written_out() -> None:
    assert code('aws_lb.x["a|b"]') == "<code>aws&#95;lb.x&#91;&#34;a&#124;b&#34;&#93;</code>"
    for name in ("</code><img src=x>", "@team", "#12", "[a](https://evil.example)", "`x`", "a\nb", "\u202eabc"):
        shown = code(name)
        assert not set("<>@#[]()`\n\u202e|:/") & set(re.sub(r"&#\d+;", "", shown[6:-7]))


def test_a_name_is_not_endless() -> None:
    assert len(code("x" * 100_000)) < 400


def test_a_table_has_a_line_for_the_alignment() -> None:
    assert table(("a", "b"), [("1", "2")], numbers=("b",)) == ["| a | b |", "| --- | ---: |", "| 1 | 2 |"]


def test_what_fits_is_whole() -> None:
    assert fit(["a", "b"], end="end") == "a\nb\n\nend\n"


@given(st.lists(st.integers(min_value=0, max_value=500), max_size=50))
def test_a_text_never_exceeds_the_limit_and_says_what_it_leaves_out(sizes: list[int]) -> None:
    text = fit(["x" * size for size in sizes], end="The end.", limit=2000)
    assert len(text) <= 2000
    assert text.endswith("The end.\n")
    left_out = re.search(r"^(\d+) more lines do not fit\.$", text, flags=re.MULTILINE)
    whole = sum(sizes) + len(sizes) + len("\nThe end.\n") <= 2000
    assert (left_out is None) == whole


def test_the_limit_is_below_that_of_github() -> None:
    assert LIMIT < 65_536
