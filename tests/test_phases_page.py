"""docs/phases.md is true: the file of each phase can be made from its tables, has its layers, and meets its clauses."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import pytest
import tomlkit

from compliance.audit import audit
from compliance.exceptions import FILE, load_exceptions
from compliance.rules import RULES
from config.load import load_environments
from config.schema import SCHEMAS, schema_for
from conformance.report import Verdict, results
from main import ROOT, synthesize
from synthesis.manifest import Stack, of_environment, read_stacks
from synthesis.stateful import IRREPLACEABLE
from tests.fixtures import ENVIRONMENTS, FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from config.environment import Environment
    from synthesis.template import Resource

PAGE: Final = (ROOT / "docs" / "phases.md").read_text(encoding="utf-8")
PHASES: Final = (1, 2, 3)
(BLOCK,) = re.findall(r"^```toml\n(.*?)^```", PAGE, flags=re.DOTALL | re.MULTILINE)
"""The exception for the time until the last phase."""
_SETTING: Final = re.compile(r"`\[([a-z_.<>]+)\]`|`([a-z_]+)`")
"""A table, or a key of the table that follows."""

IN_PLACE: Final = {
    ("aws_db_instance", "tags"),
    ("aws_docdb_cluster", "tags"),
    ("aws_dynamodb_table", "stream_enabled"),
    ("aws_dynamodb_table", "stream_view_type"),
    ("aws_kms_key", "policy"),
}
"""The arguments of what cannot be replaced that a phase changes, by type; AWS changes each of them in place."""


def listed(phase: int) -> list[str]:
    """The settings in the first column of a phase's table, as paths: `cost.budget`, `services.<name>.max_count`."""
    section = PAGE.partition(f"\n## Phase {phase}: ")[2].partition("\n## ")[0]
    found: list[str] = []
    for row in re.findall(r"^\| (`.*?) \|", section, flags=re.MULTILINE):
        keys: list[str] = []
        for table, key in _SETTING.findall(row):
            if key:
                keys.append(key)
                continue
            inside = bool(keys) and f"` in `[{table}]`" in row
            found += [f"{table}.{one}" for one in keys] if inside else [*keys, table]
            keys = []
        found += keys
    return found


def _tables(document: Any, path: str) -> Iterator[tuple[Any, str]]:
    """The tables that have the last key of a path, `<name>` being any; with that key."""
    head, _, rest = path.partition(".")
    if not rest:
        yield from [(document, head)] if head in document else []
        return
    for name in list(document) if head == "<name>" else [head]:
        if name in document:
            yield from _tables(document[name], rest)


def file_of(phase: int) -> str:
    """The file of prod in a phase."""
    document = tomlkit.parse((FOLDER / "prod.toml").read_text(encoding="utf-8"))
    for path in (path for later in PHASES if later > phase for path in listed(later)):
        for table, key in list(_tables(document, path)):
            if key == "max_count":
                table[key] = table["min_count"]
            else:
                del table[key]
    return tomlkit.dumps(document)


@pytest.fixture(scope="module")
def phases(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Environment]:
    """The settings of prod in each phase."""
    found = {}
    for phase in PHASES:
        folder: Path = tmp_path_factory.mktemp(f"phase-{phase}")
        for name in ("project", *ENVIRONMENTS):
            shutil.copy(FOLDER / f"{name}.toml", folder)
        (folder / "prod.toml").write_text(file_of(phase), encoding="utf-8")
        (found[phase],), wrong = load_environments(["prod"], folder=folder)
        assert [str(error) for error in wrong] == []
    return found


@pytest.fixture(scope="module")
def emitted(phases: dict[int, Environment], tmp_path_factory: pytest.TempPathFactory) -> dict[int, dict[str, Stack]]:
    """The stacks of prod in each phase, by id."""
    found = {}
    for phase, config in phases.items():
        output: Path = tmp_path_factory.mktemp("emitted") / "cdktf.out"
        synthesize([config], output)
        found[phase] = read_stacks(output)
    return found


def test_every_table_of_production_is_in_a_phase() -> None:
    document = tomlkit.parse((FOLDER / "prod.toml").read_text(encoding="utf-8"))
    every = [path for phase in PHASES for path in listed(phase)]
    assert len(every) == len(set(every))
    assert sorted(key for key in document if not any(path.partition(".")[0] == key for path in every)) == []
    assert listed(3)[:2] == ["services.<name>.max_count", "services.<name>.requests_per_target"]


@pytest.mark.parametrize("path", [path for phase in PHASES for path in listed(phase)])
def test_a_setting_of_the_page_exists(path: str) -> None:
    schema: Any = schema_for(*SCHEMAS["schema.json"])
    for key in path.split("."):
        schema = next(iter(schema["patternProperties"].values())) if key == "<name>" else schema["properties"][key]


def test_the_last_phase_is_the_whole_file() -> None:
    assert file_of(3) == (FOLDER / "prod.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("phase", PHASES)
def test_a_phase_has_the_layers_of_the_page(emitted: dict[int, dict[str, Stack]], phase: int) -> None:
    rows = re.findall(r"^\| \[(\d)\]\(#.*?\) \| (.*?) \|", PAGE, flags=re.MULTILINE)
    told = [name for number, text in rows if int(number) <= phase for name in re.findall(r"`([a-z]+)`", text)]
    assert {stack.layer for stack in emitted[phase].values()} == set(told)


@pytest.mark.parametrize("phase", PHASES)
def test_the_commands_of_a_phase_name_what_it_has(emitted: dict[int, dict[str, Stack]], phase: int) -> None:
    emitted_text = " ".join(json.dumps(stack.document) for stack in emitted[phase].values())
    section = PAGE.partition(f"\n## Phase {phase}: ")[2].partition("\n## ")[0]
    named = re.findall(r"user-management-prod-[a-z-]+", section)
    assert [name for name in named if f'"{name}"' not in emitted_text] == []
    assert re.findall(r"^```sh$", section, flags=re.MULTILINE)


@pytest.mark.parametrize("phase", PHASES)
def test_a_phase_meets_its_clauses_and_those_before(
    emitted: dict[int, dict[str, Stack]], output: Path, phase: int
) -> None:
    # Production releases what the pipeline of staging has built.
    stacks = {**of_environment(read_stacks(output), "staging"), **emitted[phase]}
    wanted = {f"10.{number}" for number in PHASES if number <= phase}
    for section, ones in results(stacks, ("prod",)):
        if section.number in wanted:
            assert [(one.id, one.missing) for one in ones if one.verdict is Verdict.FAILED] == []


@pytest.mark.parametrize("phase", PHASES[:-1])
def test_a_phase_does_not_meet_the_clauses_of_the_next(emitted: dict[int, dict[str, Stack]], phase: int) -> None:
    (ones,) = [ones for section, ones in results(emitted[phase], ("prod",)) if section.number == f"10.{phase + 1}"]
    assert [one.id for one in ones if one.verdict is Verdict.FAILED]


@pytest.mark.parametrize("phase", PHASES[:-1])
def test_the_next_phase_replaces_nothing_that_holds_data(emitted: dict[int, dict[str, Stack]], phase: int) -> None:
    before, after = _resources(emitted[phase]), _resources(emitted[phase + 1])
    kept = {key: one for key, one in before.items() if one.kind in IRREPLACEABLE}
    assert [key for key in kept if key not in after] == []
    changed = {
        (one.kind, argument)
        for key, one in kept.items()
        for argument in one.arguments.keys() | after[key].arguments.keys()
        if one.get(argument) != after[key].get(argument)
    }
    assert changed <= IN_PLACE


@pytest.mark.parametrize("phase", PHASES)
def test_the_rules_accept_a_phase_with_the_exception_of_the_page(
    emitted: dict[int, dict[str, Stack]], tmp_path: Path, phase: int
) -> None:
    assert _findings(emitted[phase], tmp_path, with_exception=phase < PHASES[-1]) == []


def test_the_exception_is_needed_until_the_last_phase(emitted: dict[int, dict[str, Stack]], tmp_path: Path) -> None:
    assert {
        _findings(emitted[phase], tmp_path, with_exception=False)[0].partition(":")[0] for phase in PHASES[:-1]
    } == {"data-is-in-two-regions"}
    entry = next(one for one in tomllib.loads(BLOCK)["exception"] if one["rule"] == "data-is-in-two-regions")
    # One line for each address: "is not needed any more".
    assert len(_findings(emitted[PHASES[-1]], tmp_path, with_exception=True)) == len(entry["address"])


def _findings(stacks: Mapping[str, Stack], folder: Path, *, with_exception: bool) -> list[str]:
    """What `make check` finds, with or without the exception of the page; an entry that is not needed is a finding."""
    file = folder / "exceptions.toml"
    file.write_text(FILE.read_text(encoding="utf-8") + (BLOCK if with_exception else ""), encoding="utf-8")
    exceptions = load_exceptions(file, rules=frozenset(rule.id for rule in RULES))
    found = audit([*stacks.values()], rules=RULES, exceptions=exceptions, today=date.min).findings
    return [f"{one.rule}: {one.place}: {one.message}" for one in found]


def _resources(stacks: Mapping[str, Stack]) -> dict[tuple[str, str], Resource]:
    return {(stack.id, one.address): one for stack in stacks.values() for one in stack.all()}
