"""Markdown as HTML, in which no HTML of the source counts."""

from __future__ import annotations

from typing import Final

from markdown_it import MarkdownIt
from markupsafe import Markup

MARKDOWN: Final = MarkdownIt("commonmark", {"html": False}).enable("table")


def text(source: str) -> Markup:
    """Paragraphs, lists and tables, with headings as bold paragraphs: the page has its own headings."""
    tokens = MARKDOWN.parse(source)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = "p"
            if token.nesting == 1:
                token.attrSet("class", "title")
    return Markup(MARKDOWN.renderer.render(tokens, MARKDOWN.options, {}))  # noqa: S704 - `html` is off: all is escaped


def inline(source: str) -> Markup:
    """A line with code and emphasis."""
    return Markup(MARKDOWN.renderInline(source))  # noqa: S704 - the same
