from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config import schema
from config.aws import LOG_RETENTION_DAYS, REGIONS
from tests.config.examples import table
from tests.fixtures import FOLDER


@pytest.mark.parametrize("file", schema.SCHEMAS)
def test_the_committed_schemas_are_up_to_date(file: str) -> None:
    committed = (schema.FOLDER / file).read_text(encoding="utf-8")
    assert committed == schema.render(file), "the settings have changed; run 'make schema'"


def test_the_command_writes_the_schemas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "FOLDER", tmp_path)
    assert schema.main() == 0
    assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == {
        file: schema.render(file) for file in schema.SCHEMAS
    }


def properties(node: dict[str, Any], key: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for name, setting in node.get("properties", {}).items():
        yield f"{key}{name}", setting
        yield from properties(setting, f"{key}{name}.")
    if "items" in node:
        yield from properties(node["items"], key)
    for setting in node.get("patternProperties", {}).values():
        yield from properties(setting, key)


ENVIRONMENT = schema.schema_for(*schema.SCHEMAS["schema.json"])
SETTINGS = dict(properties(ENVIRONMENT))


def test_the_schema_has_every_setting_of_production() -> None:
    assert set(table()) <= set(SETTINGS)
    assert {"network.zones.public_cidr", "services.memory_mib", "logs.bucket_access_days"} <= set(SETTINGS)


@pytest.mark.parametrize("setting", SETTINGS)
def test_every_setting_has_a_description(setting: str) -> None:
    description = SETTINGS[setting].get("description", "")
    assert description.endswith("."), "write a docstring below the setting in config/ that ends in a full stop"


@pytest.mark.parametrize("given", ["name", "project"])
def test_settings_that_no_file_has_are_not_in_the_schema(given: str) -> None:
    assert given not in SETTINGS
    assert given not in ENVIRONMENT["required"]


def test_the_schema_of_the_project_has_its_name() -> None:
    project = dict(properties(schema.schema_for(*schema.SCHEMAS["project.schema.json"])))
    assert (project["name"]["maxLength"], project["name"]["type"]) == (26, "string")


def test_every_table_refuses_unknown_settings() -> None:
    tables = [setting for setting in SETTINGS.values() if setting.get("type") == "object"]
    assert len(tables) > 4
    assert all(setting["additionalProperties"] is False for setting in tables)


def test_a_table_that_may_be_left_out_is_described_as_a_table() -> None:
    assert SETTINGS["security.trail"]["type"] == "object"
    assert SETTINGS["security.trail"]["description"] == "CloudTrail; without the table there is none."
    assert "security.trail.retention_days" in SETTINGS


def test_the_schema_has_no_references() -> None:
    assert all("$ref" not in schema.render(file) for file in schema.SCHEMAS)


def test_editors_can_offer_the_values() -> None:
    assert SETTINGS["region"]["enum"] == list(REGIONS)
    assert SETTINGS["logs.flow_logs_days"]["enum"] == list(LOG_RETENTION_DAYS)
    assert SETTINGS["network.nat_gateways"]["enum"] == ["per_zone", "single", "none"]


def test_every_file_names_its_schema_on_its_first_line() -> None:
    for file in FOLDER.glob("*.toml"):
        expected = "project.schema.json" if file.name == "project.toml" else "schema.json"
        assert file.read_text(encoding="utf-8").startswith(f"#:schema ../../environments/{expected}\n")
