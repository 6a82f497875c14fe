"""`python -m report.screenshots`: the pictures of the page in docs/images/. `make screenshots` runs it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from PIL import Image
from playwright.sync_api import sync_playwright

from console import program
from report.chromium import NO_SANDBOX, ChromiumError, find_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT: Final = Path(__file__).resolve().parents[1]
FOLDER: Final = ROOT / "docs" / "images"
PAGE: Final = ROOT / "cdktf.out" / "reports" / "platform.html"
_COLOURS: Final = 128


@dataclass(frozen=True, kw_only=True)
class Picture:
    """One picture, in CSS pixels."""

    name: str
    width: int
    height: int
    scheme: Literal["light", "dark"] = "light"
    section: str = ""
    """The section that is at the top; empty for the top of the page."""
    opened: str = ""
    """The end of the id of the box whose details are open."""


PICTURES: Final = (
    Picture(name="report-architecture", width=1440, height=1080, section="architecture"),
    Picture(
        name="report-details", width=1440, height=900, scheme="dark", section="architecture", opened="data-postgres"
    ),
    Picture(name="report-request", width=1440, height=900, section="request"),
    Picture(name="report-dashboards", width=1440, height=900, section="dashboards"),
    Picture(name="report-phone", width=360, height=760),
    Picture(name="report-phone-dark", width=360, height=760, scheme="dark", section="request"),
)


def main() -> int:
    """Write the pictures of the page that `make report` wrote.

    Returns:
        0; 2 if there is no page, or no Chromium.
    """
    if not PAGE.is_file():
        print(f"There is no {PAGE.relative_to(ROOT)}: run 'make report' first.", file=sys.stderr)
        return 2
    try:
        executable = find_chromium()
    except ChromiumError as error:
        print(error, file=sys.stderr)
        return 2
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=[NO_SANDBOX])
        for picture in PICTURES:
            _write(browser, picture)
        browser.close()
    print(f"{len(PICTURES)} pictures are in {FOLDER.relative_to(ROOT)}: look at each, then commit them.")
    return 0


def _write(browser: Browser, picture: Picture) -> None:
    page = browser.new_page(
        viewport={"width": picture.width, "height": picture.height},
        color_scheme=picture.scheme,
        reduced_motion="reduce",
    )
    page.goto(PAGE.as_uri())
    if picture.section:
        page.evaluate("id => document.getElementById(id).scrollIntoView()", picture.section)
    if picture.opened:
        page.locator(f'.environment:not([hidden]) svg a[data-id$="{picture.opened}"]').first.click()
    shot = page.screenshot()
    page.close()
    # A page has few colours: a palette makes the file a third as large.
    image = Image.open(BytesIO(shot)).convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
    image.save(FOLDER / f"{picture.name}.png", optimize=True)


if __name__ == "__main__":
    program.run(main)
