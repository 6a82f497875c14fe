"""The pages say what each runbook must say, name only what there is, and lead to each other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest

from main import ROOT
from modules.runbook import PAGE, Runbook
from runbooks.catalogue import GROUPS, pages
from runbooks.first_aid import with_links
from runbooks.names import Names
from synthesis.manifest import Stack, read_stacks
from synthesis.template import texts
from tests.fixtures import ENVIRONMENTS
from tests.runbooks.rendered import of_environment, rendered_pages
from tests.shell_commands import commands

if TYPE_CHECKING:
    from pathlib import Path

HEADINGS: Final = (
    "When to use it",
    "How to tell",
    "What to do",
    "How to check",
    "How to undo",
    "How long it takes",
    "Who is told",
)
CATALOGUE: Final = pages()
_ALARM: Final = ("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm")


def names_in(text: str, prefix: str) -> set[str]:
    """What in a text looks like a name of an environment: `acme-prod-files`, `/acme/prod/audit`."""
    project, _, environment = prefix.rpartition("-")
    found = re.findall(rf"{re.escape(prefix)}-[\w.-]+|/?{re.escape(project)}/{re.escape(environment)}/[\w./-]+", text)
    return {name.rstrip("./-") for name in found} - {prefix}


def known_names(stacks: dict[str, Stack], environment: str, prefix: str) -> set[str]:
    """Those of its JSON."""
    documents = (stack.document for stack in stacks.values() if stack.environment == environment)
    return set().union(*(names_in(text, prefix) for document in documents for _, text in texts(document)))


def unknown_names(page: str, known: set[str], prefix: str, created: tuple[str, ...]) -> set[str]:
    """The names in the commands of a page that are neither known nor end like what the page creates."""
    used = set().union(*(names_in(word, prefix) for command in commands(page) for word in command.words))
    return {name for name in used - known if not re.search(rf"({'|'.join(created) or '$.'})(-\d)?$", name)}


@pytest.fixture(scope="module")
def stacks_of_tests(output: Path) -> dict[str, Stack]:
    return read_stacks(output)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_each_page_says_all_that_a_runbook_must_say(output: Path, environment: str) -> None:
    for id_, text in of_environment(rendered_pages(output), environment).items():
        parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)[1:]
        assert tuple(parts[::2]) == HEADINGS, id_
        short = [heading for heading, part in zip(parts[::2], parts[1::2], strict=True) if len(part.split()) < 3]
        assert short == [], f"{id_}: what is below {short} says nothing"
        assert commands(text), id_


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_a_command_names_only_what_the_environment_has(
    output: Path, stacks_of_tests: dict[str, Stack], environment: str
) -> None:
    prefix = Names(environment, stacks_of_tests).prefix
    known = known_names(stacks_of_tests, environment, prefix)
    created = {page.id: page.creates for page in CATALOGUE}
    files = of_environment(rendered_pages(output), environment)
    wrong = {id_: unknown_names(text, known, prefix, created[id_]) for id_, text in files.items()}
    assert {id_: found for id_, found in wrong.items() if found} == {}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_no_page_waits_for_deployments_that_codedeploy_makes(
    output: Path, stacks_of_tests: dict[str, Stack], environment: str
) -> None:
    """`wait services-stable` would time out: https://github.com/boto/botocore/issues/2865."""
    names = Names(environment, stacks_of_tests)
    places = names.places("service/aws_ecs_service/*")
    by_codedeploy = {names.value(one, "deployment_controller", "type") == "CODE_DEPLOY" for one in places}
    found = [one for text in of_environment(rendered_pages(output), environment).values() for one in commands(text)]
    waits = [one for one in found if one.words[1:4] == ("ecs", "wait", "services-stable")]
    assert by_codedeploy == {not waits}


def test_a_name_that_is_not_there_is_found() -> None:
    page = "```sh\naws s3 ls s3://acme-prod-files/x\naws logs tail /acme/prod/audit\naws s3 ls acme-prod-new-2\n```\n"
    assert unknown_names(page, {"acme-prod-filesystem"}, "acme-prod", ("-new",)) == {
        "acme-prod-files",
        "/acme/prod/audit",
    }


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_no_page_names_another_environment(output: Path, stacks_of_tests: dict[str, Stack], environment: str) -> None:
    others = [Names(other, stacks_of_tests) for other in ENVIRONMENTS if other != environment]
    for id_, text in of_environment(rendered_pages(output), environment).items():
        for other in others:
            assert f"ENV={other.env}" not in text, id_
            assert not [one for one in commands(text) if other.prefix in str(one) and "releases" not in str(one)], id_


def test_a_page_is_only_where_there_is_what_it_is_about(output: Path, stacks_of_tests: dict[str, Stack]) -> None:
    files = rendered_pages(output)
    assert "dev/wake.md" in files
    assert "prod/wake.md" not in files
    for environment in ENVIRONMENTS:
        names = Names(environment, stacks_of_tests)
        wanted = {page.id for page in CATALOGUE if page.is_for(names)}
        assert of_environment(files, environment).keys() == wanted


def test_the_indexes_lead_to_each_page(output: Path) -> None:
    files = rendered_pages(output)
    for name in files:
        if not name.endswith("README.md"):
            environment, _, page = name.partition("/")
            assert f"({page})" in files[f"{environment}/README.md"]
            assert f"({name})" in files["README.md"]


def test_every_alarm_leads_to_the_first_aid(stacks_of_tests: dict[str, Stack]) -> None:
    """To a section of it; an alarm on others of which each has its own, to the page."""
    for stack in stacks_of_tests.values():
        for alarm in stack.all(*_ALARM):
            _, link, anchor = str(alarm.get("alarm_description")).partition(f"Runbook: {PAGE}")
            assert link, alarm.address
            assert anchor.removeprefix("#") in ({"", *Runbook} if "composite" in alarm.kind else set(Runbook))


def test_a_section_of_the_first_aid_leads_on_to_its_runbooks() -> None:
    text = (ROOT / PAGE).read_text(encoding="utf-8")
    assert with_links(text, CATALOGUE) == text, "run 'make runbooks'"
    assert {anchor for page in CATALOGUE for anchor in page.alarms} <= set(Runbook)


def test_the_catalogue_has_the_situations_of_the_design() -> None:
    assert {page.group for page in CATALOGUE} <= GROUPS.keys()
    assert [page.title for page in CATALOGUE if len(page.title) > 60] == []
