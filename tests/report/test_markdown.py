from __future__ import annotations

from report.markdown import inline, text


def test_a_heading_is_a_bold_paragraph() -> None:
    assert text("# A title\nBelow") == '<p class="title">A title</p>\n<p>Below</p>\n'


def test_html_of_the_source_is_text() -> None:
    assert "<img" not in text("<img src=x onerror=alert(1)>")
    assert inline("<b>a</b> `c`") == "&lt;b&gt;a&lt;/b&gt; <code>c</code>"


def test_a_link_that_runs_a_script_is_text() -> None:
    assert "href" not in text("[a](javascript:alert(1))")


def test_tables_and_commands_scroll_by_keyboard() -> None:
    found = text("```sh\nmake plan\n```\n\n| a |\n| - |\n| b |\n")
    assert '<pre tabindex="0">' in found
    assert '<div class="scroll" tabindex="0" role="region" aria-label="Table"><table' in found
    assert found.count("</div>") == 1
