"""A page is rendered with the names of its environment; what a template names wrongly is one line with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jinja2
import pytest

import templates
from runbooks.catalogue import Page
from runbooks.errors import RunbookError
from runbooks.names import Names
from runbooks.render import MARK, environment_pages, overview
from synthesis.manifest import read_stacks
from tests.runbooks.acme import environment

if TYPE_CHECKING:
    from pathlib import Path

PAGE = Page(id="a", group="data", title="A title", needs=("data",), alarms=("service-absence",))
OTHER = Page(id="b", group="data", title="Another", needs=("data/aws_docdb_cluster",))
BLOCKS = ("when", "tell", "check", "undo", "duration", "told")


@pytest.fixture
def names(tmp_path: Path) -> Names:
    environment(tmp_path)
    return Names("dev", read_stacks(tmp_path))


@pytest.fixture
def template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The template of `PAGE`; the others are those of the program."""
    file = tmp_path / "templates" / "runbooks" / "a.md.j2"
    file.parent.mkdir(parents=True)
    own = templates._environment  # noqa: SLF001
    assert own.loader
    loader = jinja2.ChoiceLoader([jinja2.FileSystemLoader(tmp_path / "templates"), own.loader])
    monkeypatch.setattr(templates, "_environment", own.overlay(loader=loader))
    return file


def page(steps: str, *, blocks: tuple[str, ...] = BLOCKS) -> str:
    others = "".join(f"{{% block {name} %}}The {name}.{{% endblock %}}\n" for name in blocks)
    return f'{{% extends "runbooks/page.md.j2" %}}\n{others}{{% block steps %}}\n{steps}\n{{% endblock %}}\n'


def test_a_page_has_the_names_and_the_alarms_of_its_environment(names: Names, template: Path) -> None:
    steps = '{{ name("data/aws_db_instance/postgres") }}: {{ told("critical") }}, {{ told("info") }}'
    template.write_text(page(steps))
    files = environment_pages(names, [PAGE, OTHER])
    assert files.keys() == {"README.md", "a.md"}
    text = files["a.md"]
    assert text.startswith(f"# A title: dev\n\n{MARK}templates/runbooks/a.md.j2 -->\n")
    assert "acme-dev-postgres: the receivers of `critical` (on-call@example.com), nobody by a message" in text
    assert "These alarms lead here: `acme-dev-api-absence`, `acme-dev-web-absence`." in text
    assert "\n\n\n" not in text
    assert text.endswith("The told.\n")


def test_a_page_that_the_environment_leaves_out_is_named_in_its_index(names: Names, template: Path) -> None:
    template.write_text(page("x"))
    index = environment_pages(names, [PAGE, OTHER])["README.md"]
    assert "| [A title](a.md) | 2 |" in index
    assert "leaves out what they are about: Another." in index
    assert "No environment has what it is about." in overview([names], [PAGE, OTHER])


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ("{{ nmae }}", "templates/runbooks/a.md.j2:9: 'nmae' is undefined"),
        (
            '{{ name("data/aws_docdb_cluster") }}',
            "templates/runbooks/a.md.j2:9: dev has no resource at data/aws_docdb_cluster",
        ),
        ('{{ link("b") }}', "templates/runbooks/a.md.j2:9: dev has no page 'b'; it has: a"),
        ("{{ name() }}", "templates/runbooks/a.md.j2:9: "),
        ("{% if %}", "templates/runbooks/a.md.j2:9: Expected an expression"),
    ],
)
def test_a_mistake_says_its_line(names: Names, template: Path, steps: str, message: str) -> None:
    template.write_text(page(steps))
    with pytest.raises(RunbookError) as caught:
        environment_pages(names, [PAGE])
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_page_without_a_block_and_one_without_a_template_are_refused(names: Names, template: Path) -> None:
    template.write_text(page("x", blocks=BLOCKS[1:]))
    with pytest.raises(RunbookError, match="Required block 'when' not found"):
        environment_pages(names, [PAGE])
    template.unlink()
    with pytest.raises(RunbookError, match=r"templates/runbooks/a\.md\.j2 is not there"):
        environment_pages(names, [PAGE])
