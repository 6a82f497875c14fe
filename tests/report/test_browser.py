"""The page in a real Chromium: nothing is cut or covered, everything works by keyboard, in both colour schemes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

from report.chromium import NO_SANDBOX, find_chromium

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.browser

WIDTHS: Final = (360, 768, 1440)
LAYOUT: Final = Path(__file__).with_name("layout.js").read_text(encoding="utf-8")
OPEN_ALL: Final = "() => { for (const one of document.querySelectorAll('main details')) one.open = true; }"


@pytest.fixture(scope="module")
def address(text: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    file: Path = tmp_path_factory.mktemp("page") / "platform.html"
    file.write_text(text, encoding="utf-8")
    return file.as_uri()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    executable = find_chromium()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable, args=[NO_SANDBOX])
        yield started
        started.close()


def violations(page: Page, context: str | None = None) -> list[tuple[str, list[str]]]:
    """What axe finds, with the first elements that each is about."""
    found = Axe().run(page, context=context, options={"resultTypes": ["violations"]}).response["violations"]
    return [(one["id"], [str(node["target"]) for node in one["nodes"][:3]]) for one in found]


class Opened:
    """The page in a window, with all that it said and asked for."""

    def __init__(
        self, browser: Browser, address: str, width: int = 1440, scheme: Literal["light", "dark"] = "light"
    ) -> None:
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page: Page = browser.new_page(
            viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
        )
        self.page.set_default_timeout(10_000)
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(address)

    def shown(self, selector: str) -> Locator:
        """An element of the environment that is chosen."""
        return self.page.locator(f".environment:not([hidden]) {selector}").first


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[Opened]:
    window = Opened(browser, address)
    yield window
    window.page.close()
    assert window.said == []


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_cut_or_covered_and_nothing_is_asked_for(width: int, browser: Browser, address: str) -> None:
    window = Opened(browser, address, width)
    window.page.evaluate(OPEN_ALL)
    problems = {}
    for name in ("dev", "staging", "prod"):
        window.page.locator(f'input[value="{name}"]').check(force=True)
        expect(window.page.locator(f'[data-environment="{name}"]').first).to_be_visible()
        problems[name] = window.page.evaluate(LAYOUT)
    assert problems == {"dev": [], "staging": [], "prod": []}
    assert window.said == []
    assert {one.partition("?")[0] for one in window.asked if not one.startswith("data:")} == {address}
    window.page.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_details_are_whole_at_each_width(width: int, browser: Browser, address: str) -> None:
    window = Opened(browser, address, width)
    window.shown('a.box[data-id$="data-postgres"]').click()
    panel = window.page.locator("#panel")
    expect(panel).to_be_visible()
    assert panel.evaluate("one => one.scrollWidth - one.clientWidth") <= 0
    box = panel.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    window.page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(scheme: Literal["light", "dark"], browser: Browser, address: str) -> None:
    """Contrast, names, roles, landmarks, order of headings: https://www.deque.com/axe/core-documentation/."""
    window = Opened(browser, address, scheme=scheme)
    assert violations(window.page) == []
    window.shown('a.box[data-id$="service-backend-service"]').click()
    assert violations(window.page, "#panel") == []
    window.page.close()


def test_the_skip_link_is_the_first_stop_and_leads_to_the_content(opened: Opened) -> None:
    opened.page.keyboard.press("Tab")
    expect(opened.page.locator(".skip")).to_be_focused()
    expect(opened.page.locator(".skip")).to_be_in_viewport()
    opened.page.keyboard.press("Enter")
    expect(opened.page.locator("main")).to_be_focused()


def test_the_environment_is_chosen_by_arrow_keys(opened: Opened) -> None:
    opened.page.locator('input[value="prod"]').focus()
    opened.page.keyboard.press("ArrowLeft")
    expect(opened.page.locator('[data-environment="staging"]').first).to_be_visible()
    expect(opened.page.locator('[data-environment="prod"]').first).to_be_hidden()
    opened.page.reload()
    expect(opened.page.locator('input[value="staging"]')).to_be_checked()


def test_a_drawing_is_zoomed_and_scrolled_by_keys_buttons_and_the_wheel(opened: Opened) -> None:
    canvas, drawn = opened.shown(".canvas"), opened.shown(".canvas > svg")

    def width() -> float:
        return float(drawn.get_attribute("width") or 0)

    fitted = width()
    canvas.focus()
    opened.page.keyboard.press("+")
    opened.page.keyboard.press("+")
    assert width() > fitted * 1.4
    before = canvas.evaluate("one => one.scrollLeft")
    opened.page.keyboard.press("ArrowRight")
    opened.page.wait_for_function("([one, left]) => one.scrollLeft > left", arg=[canvas.element_handle(), before])
    opened.page.keyboard.press("0")
    assert width() == pytest.approx(fitted, abs=1)
    opened.shown('[data-zoom="in"]').click()
    assert width() > fitted
    opened.shown('[data-zoom="fit"]').click()
    canvas.hover()
    opened.page.keyboard.down("Control")
    opened.page.mouse.wheel(0, -100)
    opened.page.keyboard.up("Control")
    opened.page.wait_for_function(
        "([one, width]) => +one.getAttribute('width') > width", arg=[drawn.element_handle(), fitted]
    )


def test_a_box_is_opened_and_left_by_keyboard(opened: Opened) -> None:
    box = opened.shown('a.box[data-id$="data-postgres"]')
    box.focus()
    assert opened.shown("svg").evaluate("one => one.classList.contains('looking')")
    opened.page.keyboard.press("Enter")
    panel = opened.page.locator("#panel")
    expect(panel.locator("h4")).to_have_text("PostgreSQL")
    for part in ("Settings", "Cost", "Alarms", "Resources"):
        expect(panel.get_by_role("heading", name=part, exact=True)).to_be_visible()
    assert panel.evaluate("one => one.contains(document.activeElement)")
    opened.page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(box).to_be_focused()


def test_the_runbook_of_an_alarm_opens_from_the_details(opened: Opened) -> None:
    opened.shown('a.box[data-id$="data-postgres"]').click()
    opened.page.locator('#panel a[href="#runbook-database-storage"]').first.click()
    expect(opened.page.locator("#panel")).to_be_hidden()
    runbook = opened.page.locator("#runbook-database-storage")
    expect(runbook.locator("summary")).to_be_focused()
    expect(runbook.locator("pre").first).to_be_in_viewport()
    assert opened.page.url.endswith("#runbook-database-storage")


def test_an_address_of_another_environment_shows_it(browser: Browser, address: str) -> None:
    window = Opened(browser, f"{address}#dev-data-postgres")
    expect(window.page.locator("#panel h4")).to_have_text("PostgreSQL")
    expect(window.page.locator('input[value="dev"]')).to_be_checked()
    window.page.close()


def test_an_address_that_was_cut_shows_the_start(browser: Browser, address: str) -> None:
    window = Opened(browser, f"{address}#dev-data%")
    expect(window.page.locator("#panel")).to_be_hidden()
    assert window.said == []


def test_each_link_leads_to_an_element(opened: Opened) -> None:
    script = """() => [...document.querySelectorAll('a')].filter((one) => one.getAttribute('href').startsWith('#'))
      .map((one) => one.getAttribute('href').slice(1)).filter((id) => !document.getElementById(id))"""
    assert opened.page.evaluate(script) == []


def test_colours_follow_the_system_until_someone_chooses(browser: Browser, address: str) -> None:
    def background(window: Opened) -> str:
        return str(window.page.evaluate("() => getComputedStyle(document.body).backgroundColor"))

    light, dark = (Opened(browser, address, scheme=scheme) for scheme in ("light", "dark"))
    assert background(light) != background(dark)
    light.page.locator(".theme").click()
    light.page.locator(".theme").click()
    expect(light.page.locator(".theme")).to_have_text("Theme:\xa0dark")
    assert background(light) == background(dark)
    light.page.close()
    dark.page.close()


def test_it_can_be_read_without_scripts(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 800}, java_script_enabled=False)
    page.goto(address)
    for name in ("dev", "staging", "prod"):
        expect(page.locator(f'[data-environment="{name}"] svg').first).to_be_visible()
    expect(page.locator(".tools").first).to_be_hidden()
    expect(page.locator(".switch")).to_be_hidden()
    expect(page.locator("#prod-data-postgres")).to_be_visible()
    page.close()


def test_nothing_moves_for_who_wants_that(opened: Opened) -> None:
    assert opened.page.evaluate("() => getComputedStyle(document.documentElement).scrollBehavior") == "auto"
