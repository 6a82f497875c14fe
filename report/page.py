"""The page as one text of HTML, with its style and script inside: it asks for nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from report.drawing import HEIGHT, WIDTH
from templates import render_html

if TYPE_CHECKING:
    from report.site import Site

BUDGET_BYTES: Final = 2_000_000
"""The page must not be larger, so that a phone opens it and a mail takes it."""
_BREAK: Final = re.compile(r"(?<=[._])(?=.)")
_FILES: Final = Path(__file__).resolve().parents[1] / "templates" / "report"


def render_page(site: Site) -> str:
    """The page of a site; the same site always gives the same text."""
    return render_html(
        "report/page.html.j2",
        site=site,
        style=_file("style.css"),
        script=_file("script.js"),
        box_width=WIDTH,
        box_height=HEIGHT,
        usd=usd,
        breakable=breakable,
    )


def usd(amount: float | None) -> str:
    """An amount in US dollars, with two digits."""
    return "\N{EN DASH}" if amount is None else f"{amount:,.2f}".replace("-0.00", "0.00")


def breakable(path: str) -> Markup:
    """The path of a setting, which a narrow column may break behind its punctuation and not within a word."""
    return Markup("<wbr>").join(_BREAK.split(path))


def _file(name: str) -> Markup:
    return Markup((_FILES / name).read_text(encoding="utf-8"))  # noqa: S704 - our own file
