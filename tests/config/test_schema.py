from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config import schema
from config.aws import LOG_RETENTION_DAYS, REGIONS
from tests.config.examples import ENVIRONMENTS, table


def test_the_committed_schema_is_up_to_date() -> None:
    committed = (ENVIRONMENTS / "schema.json").read_text(encoding="utf-8")
    assert committed == schema.render(), "write it again: python -m config.schema"


def test_the_command_writes_the_schema(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "FILE", tmp_path / "schema.json")
    assert schema.main() == 0
    assert (tmp_path / "schema.json").read_text(encoding="utf-8") == schema.render()


def properties(node: dict[str, Any], key: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for name, setting in node.get("properties", {}).items():
        yield f"{key}{name}", setting
        yield from properties(setting, f"{key}{name}.")
    if "items" in node:
        yield from properties(node["items"], key)
    for setting in node.get("patternProperties", {}).values():
        yield from properties(setting, key)


SETTINGS = dict(properties(schema.environment_schema()))


def test_the_schema_knows_every_setting_of_production() -> None:
    assert set(table()) <= set(SETTINGS)
    assert {"network.zones.public_cidr", "services.memory_mib", "logs.bucket_access_days"} <= set(SETTINGS)


@pytest.mark.parametrize("setting", SETTINGS)
def test_every_setting_has_a_description(setting: str) -> None:
    assert SETTINGS[setting]["description"].endswith(".")


def test_the_name_is_not_in_the_schema() -> None:
    assert "name" not in SETTINGS
    assert "name" not in schema.environment_schema()["required"]


def test_every_table_refuses_unknown_settings() -> None:
    tables = [setting for setting in SETTINGS.values() if setting.get("type") == "object"]
    assert len(tables) > 4
    assert all(setting["additionalProperties"] is False for setting in tables)


def test_a_table_that_may_be_left_out_is_described_as_a_table() -> None:
    assert SETTINGS["security.trail"]["type"] == "object"
    assert SETTINGS["security.trail"]["description"] == "CloudTrail; without the table there is none."
    assert "security.trail.retention_days" in SETTINGS


def test_the_schema_stands_alone() -> None:
    assert "$ref" not in schema.render()


def test_editors_can_offer_the_values() -> None:
    assert SETTINGS["region"]["enum"] == list(REGIONS)
    assert SETTINGS["logs.flow_logs_days"]["enum"] == list(LOG_RETENTION_DAYS)
    assert SETTINGS["network.nat_gateways"]["enum"] == ["per_zone", "single", "none"]


def test_every_environment_names_the_schema_on_its_first_line() -> None:
    for file in ENVIRONMENTS.glob("*.toml"):
        assert file.read_text(encoding="utf-8").startswith("#:schema ./schema.json\n")
