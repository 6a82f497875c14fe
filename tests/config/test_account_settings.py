"""Two environments in one account do not both own what the account has once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from config.account_settings import (
    ACCOUNT_SETTINGS,
    AccountSetting,
    Owner,
    check_account_settings,
    owned_keys,
    read_owner,
)
from config.errors import ConfigError
from config.load import load_environment
from config.toml import parse_table
from tests.config.examples import FILE, parsed, present, text, without
from tests.fixtures import FOLDER

if TYPE_CHECKING:
    from pathlib import Path

ALL = frozenset(setting.key for setting in ACCOUNT_SETTINGS)
OWN = Owner(environment="prod", account_id="3" * 12, region="us-east-1", keys=ALL)


def keys(own: Owner, *others: Owner) -> list[str]:
    return [problem.key for problem in check_account_settings(own, others)]


@pytest.mark.parametrize("setting", ACCOUNT_SETTINGS, ids=lambda setting: setting.key)
def test_each_setting_of_an_account_has_one_owner(setting: AccountSetting) -> None:
    key = setting.key
    own, other = replace(OWN, keys=frozenset({key})), replace(OWN, environment="eu", region="eu-west-1")
    assert keys(own, other) == ([] if setting.is_regional else [key])
    assert not keys(own, replace(other, account_id="4" * 12))
    assert not keys(own, replace(other, keys=ALL - {key}))


def test_a_region_has_one_owner() -> None:
    found = keys(OWN, replace(OWN, environment="eu"))
    assert {*found} == ALL - {"security.config_recorder.create_service_role"}, "the recorder itself is the problem"


def test_the_message_says_what_happens_and_what_to_do() -> None:
    own = replace(OWN, keys=frozenset({"security.block_public_buckets", "security.threat_detection"}))
    shared, regional = map(str, check_account_settings(own, [replace(OWN, environment="twin")]))
    assert shared == (
        'security.block_public_buckets: is a setting of the whole account 333333333333, and "twin" in that account has '
        "it, too: the first of the two that is destroyed switches it off for both; set it to false in one of them"
    )
    assert regional == (
        'security.threat_detection: is a setting of the region us-east-1 of the account 333333333333, and "twin" in '
        "that account has it, too: AWS allows one; remove it from one of them"
    )


def test_what_an_environment_owns_follows_from_its_tables() -> None:
    prod = parsed(text())
    found = owned_keys(present(prod.security), scanning=prod.registry.scanning)
    assert found == ALL - {"security.github.create_provider"}
    assert read_owner("prod", parse_table(text(), file=FILE)).keys == found
    assert owned_keys(None, scanning="basic") == frozenset()


@pytest.mark.parametrize("broken", [{}, {"security": 1}, {"security": {"trail": 1}, "registry": 2}])
def test_tables_that_are_not_valid_own_nothing(broken: dict[str, object]) -> None:
    assert read_owner("dev", broken).keys == frozenset()


def test_the_files_of_all_environments_are_read(tmp_path: Path) -> None:
    (tmp_path / "project.toml").write_text((FOLDER / "project.toml").read_text())
    (tmp_path / "dev.toml").write_text((FOLDER / "dev.toml").read_text())
    twin = (FOLDER / "dev.toml").read_text().replace("dev.users", "twin.users").replace("us-east-1", "us-east-2")
    twin = twin.replace("use1-", "use2-").replace("10.2.", "10.9.")
    (tmp_path / "twin.toml").write_text(without("cost", toml=twin))
    with pytest.raises(ConfigError) as caught:
        load_environment("twin", folder=tmp_path)
    lines = str(caught.value).splitlines()
    assert [line.partition(": ")[2].partition(":")[0] for line in lines] == [
        "security.block_public_buckets",
        "security.password_policy",
    ]
