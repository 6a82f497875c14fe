"""What is assumed of use: defaults, what differs in one environment, limits, and mistakes in the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from config.descriptions import descriptions
from config.errors import ConfigError
from pricing.usage import Limit, Usage, load_usage

if TYPE_CHECKING:
    from pathlib import Path


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "usage.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_an_environment_has_the_defaults_then_those_of_all_then_its_own(tmp_path: Path) -> None:
    file = load_usage(
        written(
            tmp_path, "[usage]\nnat_gib = 7\nemails = 3\n[environments.prod]\nnat_gib = 9\n[environments.prod.limit]\n"
        )
    )
    assert (file.of("dev").nat_gib, file.of("dev").emails) == (7, 3)
    assert (file.of("prod").nat_gib, file.of("prod").emails) == (9, 3)
    assert file.of("prod").builds == Usage().builds


def test_a_limit_of_an_environment_replaces_that_of_all(tmp_path: Path) -> None:
    file = load_usage(
        written(
            tmp_path,
            "[limit]\nincrease_usd = 5\n[environments.dev]\n[environments.prod.limit]\nincrease_percent = 10\n",
        )
    )
    assert file.limit_of("dev") == file.limit_of("new") == Limit(increase_usd=5)
    assert file.limit_of("prod") == Limit(increase_percent=10)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[usage]\nrequest_million = 1", "usage.request_million = 1: unknown setting; did you mean requests_million?"),
        ("[usage]\nnat_gib = -1", "usage.nat_gib = -1: must be 0.0 or more"),
        ('[usage]\nnat_gib = "1"', 'usage.nat_gib = "1": must be a number without quotes, not text'),
        ("[usage]\nnat_outbound_percent = 101", "usage.nat_outbound_percent = 101: must be 100.0 or less"),
        ("[environments.prod]\nnatgib = 1", "environments.prod.natgib = 1: unknown setting; did you mean nat_gib?"),
        ("[limit]\nincrease_usd = nan", "limit.increase_usd = nan: must be a number, and neither nan nor inf"),
        ("[usage", "is not valid TOML"),
    ],
)
def test_a_mistake_is_reported_in_one_line(tmp_path: Path, text: str, message: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load_usage(file)
    assert f"{file}: {message}" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_missing_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        load_usage(tmp_path / "usage.toml")


def test_every_assumption_is_described_with_its_unit() -> None:
    described = descriptions(Usage)
    assert set(Usage.model_fields) <= set(described)
