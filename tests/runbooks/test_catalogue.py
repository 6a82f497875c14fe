"""The lists of pages are read, and each mistake in them is one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from main import ROOT
from runbooks.catalogue import GROUPS, Page, pages
from runbooks.errors import RunbookError
from runbooks.names import Names
from synthesis.manifest import read_stacks
from tests.runbooks.acme import environment

if TYPE_CHECKING:
    from pathlib import Path


def written(folder: Path, **texts: str) -> Path:
    for group in GROUPS:
        (folder / f"{group}.toml").write_text(texts.get(group, ""), encoding="utf-8")
    return folder


def test_pages_are_in_the_order_of_their_files(tmp_path: Path) -> None:
    lists = 'needs = ["data"]\nalarms = ["sign-ins"]\nabout = ["*-x"]\ncreates = ["-new"]\n'
    first = f'[b]\ntitle = "B"\n{lists}[a]\ntitle = "A"\n'
    found = pages(written(tmp_path, data=first, outages='[c]\ntitle = "C"\n'))
    assert [page.id for page in found] == ["b", "a", "c"]
    assert found[0] == Page(
        id="b", group="data", title="B", needs=("data",), alarms=("sign-ins",), about=("*-x",), creates=("-new",)
    )
    assert found[2].about == ("*",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[a\n", "data.toml cannot be read: "),
        ("a = 1", "data.toml: [a] must be a table with a title"),
        ("[a]\nneeds = []", "data.toml: [a] must be a table with a title"),
        ('[a]\ntitle = "A"\nneed = []', "data.toml: [a] need is not a valid key; allowed: title, needs, alarms"),
        ('[a]\ntitle = "A"\nneeds = "data"', "data.toml: [a] needs must be a list of texts"),
        ('[a]\ntitle = "A"\nneeds = [1]', "data.toml: [a] needs must be a list of texts"),
        ('[a]\ntitle = "A"\nalarms = ["sign-in"]', "'sign-in' is not a section of docs/runbooks.md; allowed: "),
    ],
)
def test_a_mistake_says_where_it_is(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(RunbookError) as caught:
        pages(written(tmp_path, data=text))
    assert message in str(caught.value)


def test_a_page_is_in_one_list(tmp_path: Path) -> None:
    with pytest.raises(RunbookError, match=r"outages.toml: \[a\] is also in data.toml"):
        pages(written(tmp_path, data='[a]\ntitle = "A"', outages='[a]\ntitle = "A"'))


def test_each_page_has_its_template_and_each_template_its_page() -> None:
    templates = {path.name.removesuffix(".md.j2") for path in (ROOT / "templates" / "runbooks").glob("*.md.j2")}
    assert templates - {"page", "environment", "overview"} == {page.id for page in pages()}


def test_an_environment_needs_one_of_several_places(tmp_path: Path) -> None:
    environment(tmp_path)
    names = Names("dev", read_stacks(tmp_path))
    page = Page(id="a", group="data", title="A", needs=("edge/aws_wafv2_web_acl or data/aws_db_instance/postgres",))
    assert page.is_for(names)
    neither = Page(id="a", group="data", title="A", needs=("edge/aws_wafv2_web_acl or service/aws_wafv2_web_acl",))
    assert not neither.is_for(names)
