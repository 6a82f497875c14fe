"""Markdown as HTML, in which no HTML of the source counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from markdown_it import MarkdownIt
from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

_FRAMED: Final = {
    "<pre>": '<pre tabindex="0">',
    "<table>": '<div class="scroll" tabindex="0" role="region" aria-label="Table"><table class="compact">',
    "</table>": "</table></div>",
}
MARKDOWN: Final = MarkdownIt("commonmark", {"html": False}).enable("table")


def text(source: str) -> Markup:
    """Paragraphs, lists and tables, with headings as bold paragraphs: the page has its own headings."""
    tokens = MARKDOWN.parse(source)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = "p"
            if token.nesting == 1:
                token.attrSet("class", "title")
    return html(tokens)


def html(tokens: Sequence[Token]) -> Markup:
    """The HTML of tokens, in which tables and blocks of code scroll by themselves, also by keyboard."""
    rendered = str(MARKDOWN.renderer.render(tokens, MARKDOWN.options, {}))
    for old, new in _FRAMED.items():
        rendered = rendered.replace(old, new)
    return Markup(rendered)  # noqa: S704 - `html` is off: all of the source is escaped


def inline(source: str) -> Markup:
    """A line with code and emphasis."""
    return Markup(MARKDOWN.renderInline(source))  # noqa: S704 - the same
