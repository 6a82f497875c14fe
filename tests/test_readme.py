"""What README.md and `make help` say is true: each number that a program can compute, each path and each table."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from config.environment import Environment
from config.provider import PROVIDER
from console import setup
from gate.budget import budget_seconds, count_layers
from main import ROOT
from tests.fixtures import ENVIRONMENTS
from tests.makefile import TEXT, targets
from tests.markdown import README

if TYPE_CHECKING:
    from tests.template import Template

PAGE: Final = README.read_text(encoding="utf-8")
PROSE: Final = " ".join(PAGE.split())
_TABLE: Final = re.compile(r"`\[([a-z_.<>]+)\]`")
_PATH: Final = re.compile(r"`((?:[\w.<>-]+/)*[\w.<>-]+(?:/|\.(?:py|toml|json|md)))`")
_MEGABYTE: Final = 1_000_000


def number(pattern: str, text: str = PROSE) -> int:
    (found,) = re.findall(pattern, text)
    return int(found)


def test_the_environments_are_the_three_that_it_names() -> None:
    assert re.findall(r"three files of settings \((.+?)\)", PROSE) == [
        ", ".join(f"`{'environments/' * (place == 0)}{name}.toml`" for place, name in enumerate(ENVIRONMENTS))
    ]


def test_the_oldest_python_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (oldest,) = re.findall(r"with Python (\S+) or newer", PROSE)
    assert project["requires-python"] == f">={oldest}"
    assert set(re.findall(r"Python (\d\.\d+) or newer", TEXT)) == {oldest}


def test_what_the_first_run_fetches_and_takes_is_what_the_makefile_says() -> None:
    fetched, taken = number(r"fetches about (\d+) MB"), number(r"takes about (\d+) MB of disk")
    assert f"(fetches about {fetched} MB, once; .venv then takes about {taken} MB)" in TEXT
    (full,) = (reason for reason in setup.REASONS.values() if "disk is full" in reason)
    assert f"`make synth` needs about {taken} MB" in full
    whole = number(r"all of `make setup` needs about (\d) GB")
    assert f"all of `make setup` about {whole} GB" in full


def test_what_a_synthesis_takes_on_disk_is_what_is_installed() -> None:
    """By the packages' own lists of their files, with the cache that the set-up fills."""
    lock = (ROOT / "requirements" / "synth.lock").read_text(encoding="utf-8")
    names = [*re.findall(r"^([\w.-]+)==", lock, re.MULTILINE), "pip", "setuptools"]
    installed = {one.name: one for one in metadata.distributions() if one.name}
    sizes = [
        file.size or 0
        for name in names
        for key, one in installed.items()
        if re.sub(r"[._]", "-", key).lower() == name.lower()
        for file in one.files or ()
    ]
    cache = Path(sys.prefix) / "jsii-cache"
    total = sum(sizes) + sum(file.lstat().st_size for file in cache.rglob("*") if file.is_file())
    assert total / _MEGABYTE == pytest.approx(number(r"takes about (\d+) MB of disk"), rel=0.2)


def test_the_gate_may_take_what_its_budget_is() -> None:
    assert number(r"`make gate` \| (\d+) minutes at most") * 60 == budget_seconds(count_layers(ROOT / "stacks"))


@pytest.mark.parametrize("text", [targets()["probe"].help, (ROOT / "docs" / "emulator.md").read_text(encoding="utf-8")])
def test_the_probe_has_as_many_types_of_resources_as_is_said(text: str) -> None:
    files = (ROOT / "emulator" / "probe").glob("*.tf")
    types = {
        one for file in files for one in re.findall(r'^resource "(aws_\w+)"', file.read_text("utf-8"), re.MULTILINE)
    }
    assert number(r"(\d+) resource types", text) == len(types)


def test_the_measured_version_had_less_than_half_of_the_resources(stacks: dict[str, Template]) -> None:
    count = sum(len(names) for stack in stacks.values() for names in stack.document["resource"].values())
    assert "less than half of today's resources" in PROSE
    assert 2 * number(r"this platform, at (\d+) resources") < count


def test_the_provider_is_the_one_that_it_names() -> None:
    assert re.findall(r"hashicorp/aws (\d+\.\d+\.\d+)", PROSE) == [PROVIDER.rpartition(" ")[2]]


def test_every_path_is_there() -> None:
    """`<name>` stands for any."""
    paths = {path for path in _PATH.findall(PAGE) if not path.startswith((".venv", "cdktf.out", ".terraform-work"))}
    assert len(paths) > 40
    beside = {"staging.toml", "prod.toml"}  # after environments/dev.toml
    wrong = {path for path in paths - beside if not any(ROOT.glob(re.sub(r"<\w+>", "*", path)))}
    assert wrong == {"environments/preview.toml"} & wrong


def test_every_table_is_one_of_an_environment() -> None:
    """`<name>` stands for a name that the user gives."""
    schema = Environment.model_json_schema()
    tables = set(_TABLE.findall(PAGE))
    assert len(tables) > 15
    for table in tables:
        found: dict[str, object] = schema
        for part in table.split("."):
            found = _part(schema, found, part)


def _part(schema: dict[str, object], table: dict[str, object], name: str) -> dict[str, object]:
    """A table of a table, through references and what may be left out."""
    for one in _alternatives(schema, table):
        properties = one.get("properties")
        if isinstance(properties, dict) and name in properties:
            return dict(properties[name])
        named = one.get("patternProperties")
        if name.startswith("<") and isinstance(named, dict):
            return dict(next(iter(named.values())))
        if name.startswith("<") and isinstance(one.get("additionalProperties"), dict):
            return dict(one["additionalProperties"])  # type: ignore[call-overload,no-any-return]  # JSON
    message = f"there is no table {name} here"
    raise LookupError(message)


def _alternatives(schema: dict[str, object], table: dict[str, object]) -> list[dict[str, object]]:
    reference = table.get("$ref")
    if isinstance(reference, str):
        definitions = schema["$defs"]
        assert isinstance(definitions, dict)
        return _alternatives(schema, definitions[reference.rpartition("/")[2]])
    options = table.get("anyOf")
    if isinstance(options, list):
        return [one for option in options for one in _alternatives(schema, option)]
    return [table]
