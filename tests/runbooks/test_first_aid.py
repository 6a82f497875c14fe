"""The sections of the first aid lead on to the pages, whatever they led to before."""

from __future__ import annotations

from modules.runbook import Runbook
from runbooks.catalogue import Page
from runbooks.first_aid import anchor, heading_of, with_links

TEXT = "# Runbooks\n\nText.\n\n## Sign-ins\n\nWho.\n\n## Key deletion\n\nWhich.\n"
PAGES = (
    Page(id="a", group="data", title="A leak", alarms=("sign-ins",)),
    Page(id="b", group="data", title="5xx, again", alarms=("sign-ins",)),
)


def test_a_section_gets_a_line_with_its_pages() -> None:
    line = "Go on with: [A leak](runbooks/README.md#a-leak), [5xx, again](runbooks/README.md#5xx-again)."
    assert with_links(TEXT, PAGES) == TEXT.replace("Who.\n", f"Who.\n\n{line}\n")


def test_the_line_is_replaced_and_removed() -> None:
    linked = with_links(TEXT, PAGES)
    assert with_links(linked, PAGES) == linked
    assert with_links(linked, PAGES[1:]).count("Go on with: ") == 1
    assert with_links(linked, ()) == TEXT


def test_an_anchor_is_that_of_github() -> None:
    assert anchor("A new account, from zero") == "a-new-account-from-zero"


def test_the_heading_of_a_section_is_written_as_it_is_there() -> None:
    assert heading_of("cloudfront-errors") == "CloudFront errors"
    assert [anchor(heading_of(section)) for section in Runbook] == [*Runbook]
