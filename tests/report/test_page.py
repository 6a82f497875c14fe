"""The page as a file: it is whole, always the same, small, and asks for nothing."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from report.page import BUDGET_BYTES, breakable, render_page, usd

if TYPE_CHECKING:
    from report.site import Site


class _Reader(HTMLParser):
    """Collects the elements with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def elements(text: str) -> list[tuple[str, dict[str, str | None]]]:
    return _Reader(text).found


@pytest.mark.seconds(6)
def test_the_same_site_gives_the_same_page(site: Site, text: str) -> None:
    assert render_page(site) == text


def test_it_is_within_its_budget(text: str) -> None:
    assert 500_000 < len(text.encode()) < BUDGET_BYTES


def test_no_element_asks_for_another_file(elements: list[tuple[str, dict[str, str | None]]], text: str) -> None:
    loaded = [
        value
        for tag, attributes in elements
        for name, value in attributes.items()
        if value and (name in {"src", "srcset", "data"} or (name == "href" and tag in {"link", "image", "use"}))
    ]
    assert [one for one in loaded if not one.startswith("data:")] == []
    assert "@import" not in text
    assert [one for one in re.findall(r"url\(([^)]*)\)", text) if not one.startswith("#")] == []
    assert "default-src 'none'" in text


def test_each_id_is_there_once_and_each_link_leads_to_one(elements: list[tuple[str, dict[str, str | None]]]) -> None:
    ids = Counter(attributes["id"] for _, attributes in elements if attributes.get("id"))
    assert [id_ for id_, count in ids.items() if count > 1] == []
    links = [str(attributes["href"]) for tag, attributes in elements if tag == "a"]
    assert len(links) > 500
    inner = [one[1:] for one in links if one.startswith("#")]
    assert [one for one in inner if one not in ids] == []
    assert [one for one in links if not one.startswith(("#", "https://"))] == []
    labels = [attributes.get("aria-labelledby") for _, attributes in elements if "aria-labelledby" in attributes]
    assert [one for one in labels if one not in ids] == []


def test_each_resource_of_each_environment_is_counted(site: Site) -> None:
    for environment in site.environments:
        counted = sum(one.count for one in environment.details) + sum(one.count for one in environment.others)
        assert counted == environment.resources


def test_there_is_no_day_on_it_but_those_of_the_exceptions(site: Site, text: str) -> None:
    days = set(re.findall(r"\b20\d\d-\d\d-\d\d\b", text))
    of_exceptions = {one.expires for one in site.compliance.exceptions}
    texts = " ".join([*(one.source for one in site.runbooks), *(str(one) for one in site.differences.parts)])
    settings = " ".join(
        value for one in site.environments for d in one.details for s in d.settings for value in s.values.values()
    )
    assert [day for day in days - of_exceptions if day not in texts + settings] == []
    assert of_exceptions <= days


def test_a_name_with_html_is_text(site: Site) -> None:
    assert "<script>alert" not in render_page(replace(site, project="<script>alert(1)</script>"))


def test_a_page_of_one_environment_has_no_switch(site: Site) -> None:
    alone = render_page(replace(site, environments=site.environments[:1], first=site.environments[0].name))
    assert '<input type="radio"' not in alone


@pytest.mark.parametrize(("amount", "shown"), [(None, "\N{EN DASH}"), (1234.5, "1,234.50"), (-0.001, "0.00")])
def test_amounts_have_two_digits(amount: float | None, shown: str) -> None:
    assert usd(amount) == shown


def test_a_path_breaks_behind_its_punctuation_and_is_escaped() -> None:
    assert breakable("a_b.c") == "a_<wbr>b.<wbr>c"
    assert breakable("<i>_") == "&lt;i&gt;_"
