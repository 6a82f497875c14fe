from pathlib import Path

from config.errors import ConfigError, Problem


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
