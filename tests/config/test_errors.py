from pathlib import Path

import pytest

from config.errors import ConfigError, Problem
from config.toml import parse_table, read_text


def test_an_error_is_one_line_per_problem() -> None:
    error = ConfigError(
        Problem(key="network.zones[0].public_cidr", value="8.8.8.0/24", allowed="outside the VPC"),
        Problem(key="region", allowed="is missing"),
        file=Path("environments/prod.toml"),
    )
    assert str(error) == (
        'environments/prod.toml: network.zones[0].public_cidr = "8.8.8.0/24": outside the VPC\n'
        "environments/prod.toml: region: is missing"
    )


def test_without_a_file_the_line_starts_with_the_key() -> None:
    assert str(ConfigError(Problem(key="NAME", value="X", allowed="is no name"))) == 'NAME = "X": is no name'


def test_a_problem_of_the_whole_file_has_no_key() -> None:
    assert str(Problem(key="", allowed="is empty")) == "is empty"


def test_a_long_value_is_cut() -> None:
    assert str(Problem(key="a", value="x" * 1000, allowed="no")) == f'a = "{"x" * 56}...: no'


def test_values_are_shown_as_toml_writes_them() -> None:
    value = (True, 1, 1.5, "é", {"a": (), "b": 2})
    assert str(Problem(key="a", value=value, allowed="no")) == 'a = [true, 1, 1.5, "é", {a = [], b = 2}]: no'


def test_a_number_too_long_for_decimals_is_shown_in_hexadecimal() -> None:
    assert str(Problem(key="a", value=16**5000, allowed="no")).startswith("a = 0x1000")


def test_deep_values_are_cut() -> None:
    value: object = 1
    for _ in range(100_000):
        value = (value,)
    assert str(Problem(key="a", value=value, allowed="no")) == "a = [[[[[...]]]]]: no"


def test_line_breaks_and_invisible_characters_are_escaped() -> None:
    problem = Problem(key="a\nb", value="c\u2028\x1b[31m", allowed="d\re")
    assert str(problem) == 'a\\nb = "c\\u2028\\u001b[31m": d\\re'


def test_a_problems_key_can_be_relative_to_the_parent_table() -> None:
    assert Problem(key="cidr", allowed="").below("network").key == "network.cidr"
    assert Problem(key="[0].cidr", allowed="").below("zones").key == "zones[0].cidr"
    assert Problem(key="", allowed="").below("zones").key == "zones"
    assert Problem(key="cidr", allowed="").below("").key == "cidr"


@pytest.mark.parametrize(
    "text",
    [
        'DB_PASSWORD = "hunter2-prod\n',
        'a = 1\nenvironment.DB_PASSWORD = "hunter2-prod" x\n',
        "url = postgres://app:hunter2-prod@db/app\n",
        '"DB_PASSWORD" = "hunter2-prod',
    ],
)
def test_a_line_that_is_not_valid_is_shown_without_its_secret(tmp_path: Path, text: str) -> None:
    file = tmp_path / "dev.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match="is not valid TOML") as refused:
        parse_table(read_text(file), file=file)
    assert "hunter2" not in str(refused.value)
    assert " = (sensitive)`" in str(refused.value)


def test_a_line_that_is_not_utf_8_is_shown_without_its_secret(tmp_path: Path) -> None:
    file = tmp_path / "dev.toml"
    file.write_bytes(b'API_TOKEN = "q9ZrT7xK2mVw8sLp' + b"\xe4")
    with pytest.raises(ConfigError, match="is not UTF-8 text") as refused:
        read_text(file)
    assert "q9ZrT7" not in str(refused.value)


def test_a_secret_in_a_table_that_is_not_a_setting_is_not_shown() -> None:
    shown = str(Problem(key="services.web.enviroment", value={"DB_PASSWORD": "hunter22x", "A": "b"}, allowed="unknown"))
    assert shown == 'services.web.enviroment = {DB_PASSWORD = (sensitive), A = "b"}: unknown'
