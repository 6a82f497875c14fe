from __future__ import annotations

from typing import TYPE_CHECKING

from report.runbooks import link_of, read_runbooks, rendered, without_link

if TYPE_CHECKING:
    from pathlib import Path

    from report.boxes import Map


def folder(path: Path) -> Path:
    (path / "docs" / "runbooks" / "prod").mkdir(parents=True)
    (path / "docs" / "runbooks.md").write_text(
        "# Runbooks\n\n## Sign-ins\n\nSee [the other](#copy-age), [a page](runbooks/prod/restore.md#check),\n"
        "[the state](state.md#locks) and [AWS](https://aws.amazon.com). <script>alert(1)</script>\n\n"
        "## Copy age\n\n### Steps\n\n```sh\nmake plan\n```\n"
    )
    (path / "docs" / "runbooks" / "prod" / "restore.md").write_text(
        "# Restore it: prod\n\n<!-- made of\na template -->\n\n"
        "Back to [first](../../runbooks.md#sign-ins) or to [all](README.md).\n"
    )
    (path / "docs" / "runbooks" / "prod" / "README.md").write_text("# Runbooks: prod\n")
    return path


def html(path: Path, title: str) -> str:
    runbooks = read_runbooks(folder(path))
    known = {one.link: one.id for one in runbooks}
    return str(rendered(next(one for one in runbooks if one.title == title), known))


def test_sections_and_pages_are_runbooks_but_not_the_index(tmp_path: Path) -> None:
    found = [(one.link, one.id, one.title, one.environment) for one in read_runbooks(folder(tmp_path))]
    assert found == [
        ("docs/runbooks.md#sign-ins", "runbook-sign-ins", "Sign-ins", ""),
        ("docs/runbooks.md#copy-age", "runbook-copy-age", "Copy age", ""),
        ("docs/runbooks/prod/restore.md", "runbook-prod-restore", "Restore it", "prod"),
    ]


def test_a_link_leads_into_the_page_or_becomes_the_name_of_the_file(tmp_path: Path) -> None:
    text = html(tmp_path, "Sign-ins")
    assert '<a href="#runbook-copy-age">the other</a>' in text
    assert '<a href="#runbook-prod-restore">a page</a>' in text
    assert "the state (docs/state.md#locks)" in text
    assert 'href="https://aws.amazon.com"' in text


def test_a_page_of_an_environment_links_back(tmp_path: Path) -> None:
    text = html(tmp_path, "Restore it")
    assert '<a href="#runbook-sign-ins">first</a>' in text
    assert '<a href="#runbooks">all</a>' in text
    assert "template" not in text


def test_html_of_a_runbook_is_text(tmp_path: Path) -> None:
    text = html(tmp_path, "Sign-ins")
    assert "<script>" not in text
    assert "&lt;script&gt;" in text


def test_headings_of_a_runbook_are_below_those_of_the_page(tmp_path: Path) -> None:
    assert "<h5>Steps</h5>" in html(tmp_path, "Copy age")


def test_the_description_of_an_alarm_names_its_runbook() -> None:
    description = "It is full. Runbook: docs/runbooks.md#database-storage"
    assert link_of(description) == "docs/runbooks.md#database-storage"
    assert without_link(description) == "It is full."
    assert link_of("It is full.") == ""


def test_each_alarm_that_notifies_has_a_runbook_of_the_page(maps: dict[str, Map]) -> None:
    known = {one.link for one in read_runbooks()}
    alarms = [node for found in maps.values() for node in found.graph.all("aws_cloudwatch_metric_alarm")]
    assert len(alarms) > 200
    assert {link_of(str(node.get("alarm_description"))) for node in alarms if node.get("alarm_actions")} <= known
