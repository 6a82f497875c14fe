"""What the documents name is there: files, names in them, and settings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import pytest

from config.renamed_settings import RENAMED, SWITCHES
from config.schema import SCHEMAS, schema_for
from main import ROOT
from tests.markdown import DOCUMENTS, name_of, prose

if TYPE_CHECKING:
    from pathlib import Path

_FILE: Final = re.compile(r"`([a-z_.]+/[\w./-]+)`")
_NAME_IN_FILE: Final = re.compile(r"`(\w+)(?:\(\))?`,? (?:in|of)\s`([\w/.-]+\.(?:py|toml|cjs|js))`")
_KEYS_IN_TABLE: Final = re.compile(r"((?:`[a-z_]+`(?:, | and | or ))*`[a-z_]+`) in\s`\[\[?([a-z_.<>]+)\]\]?`")
_TABLE: Final = re.compile(r"`\[\[?([a-z_]+(?:\.[a-zA-Z_<>*-]+)*)\]\]?`")

EXAMPLES: Final = {"docs/adding-a-layer.md"}
"""Their files are made by following them; a test of their own does that."""
WRITTEN: Final = re.compile(r"\.venv/|\.terraform-work/|cdktf\.out/|environments/preview\.toml|docs/runbooks/preview/")
"""What a program writes."""
NOT_SETTINGS: Final = {"error", "exception", "moved", "tool.uv", "usage"}
"""A line of a log, and tables of other files: `compliance/exceptions.toml`, `pricing/usage.toml`, .."""
FORMER: Final = RENAMED.keys() | {*SWITCHES}
"""The pages of upgrades also name what had another name."""
TOP: Final = {path.name for path in ROOT.iterdir()}


@pytest.mark.parametrize("document", [one for one in DOCUMENTS if name_of(one) not in EXAMPLES], ids=name_of)
def test_the_files_that_a_document_names_are_there(document: Path) -> None:
    named = [path for path in _FILE.findall(prose(document)) if path.partition("/")[0] in TOP]
    assert [path for path in named if not WRITTEN.match(path) and not (ROOT / path).exists()] == []


@pytest.mark.parametrize("document", [one for one in DOCUMENTS if name_of(one) not in EXAMPLES], ids=name_of)
def test_the_names_that_a_document_gives_of_a_file_are_in_it(document: Path) -> None:
    named = [(name, path) for name, path in _NAME_IN_FILE.findall(prose(document)) if (ROOT / path).is_file()]
    assert [(name, path) for name, path in named if name not in (ROOT / path).read_text(encoding="utf-8")] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_the_settings_that_a_document_names_exist(document: Path) -> None:
    text = prose(document)
    named = set(_TABLE.findall(text)) - NOT_SETTINGS
    for keys, table in _KEYS_IN_TABLE.findall(text):
        named |= {f"{table}.{key}" for key in re.findall(r"`([a-z_]+)`", keys) if table not in NOT_SETTINGS}
    if document.name in {"CHANGELOG.md", "upgrades.md"}:
        named -= FORMER
    assert sorted(path for path in named if not exists(path)) == []


def exists(path: str) -> bool:
    """Whether an environment's file can have a setting, `<name>` being any name: `services.<name>.max_count`."""
    schema: Any = schema_for(*SCHEMAS["schema.json"])
    for key in path.split("."):
        schema = schema.get("items", schema)
        of_any_name = [*schema.get("patternProperties", {}).values(), schema.get("additionalProperties")]
        schema = schema.get("properties", {}).get(key) or next(
            (one for one in of_any_name if isinstance(one, dict)), None
        )
        if schema is None:
            return False
    return True


@pytest.mark.parametrize(
    "path", ["services.<name>.max_count", "services.backend", "network.zones", "domain.delegations"]
)
def test_a_setting_that_exists_is_found(path: str) -> None:
    assert exists(path)


@pytest.mark.parametrize("path", ["services.<name>.maximum", "nothing", "network.zones.name.more", "postgres.prox"])
def test_a_setting_that_does_not_exist_is_not_found(path: str) -> None:
    assert not exists(path)
