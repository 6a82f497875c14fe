"""A problem is where an editor would look for it."""

import re
import tomllib
from pathlib import Path

import pytest

from config.errors import ConfigError, Problem
from config.load import load_environment
from config.places import placed, places
from tests.config.examples import PROJECT, changed
from tests.fixtures import FOLDER

TEXT = (
    '''# a comment with [brackets] and x = 1
a = 1
"b c" = "text # [no] = comment"
dotted.key = { x = 1, y = ["p", { z = 2 }], } # TOML 1.0 has no last comma, and a later one may
[network]
  cidr = """
[not.a.table] = "
\\""" still
"""
zones = [
  # a = 1
  "one", 'two ]',
  [3, 4],
]
[[list]]
x = 1979-05-27 07:32:00
[list.below]
deep = '''
    """'''raw
[x]'''"""
    """
[[list]]
x = 2
[[list.inner]]
y = 1
"""
)
TEXT = TEXT.replace("], }", "] }")


def test_the_text_is_toml() -> None:
    assert tomllib.loads(TEXT)["list"][1]["inner"] == [{"y": 1}]


@pytest.mark.parametrize(
    ("key", "line", "column"),
    [
        ("a", 2, 1),
        ('"b c"', 3, 1),
        ("dotted", 4, 1),
        ("dotted.key", 4, 1),
        ("dotted.key.x", 4, 16),
        ("dotted.key.y[1].z", 4, 35),
        ("network", 5, 1),
        ("network.cidr", 6, 3),
        ("network.zones[1]", 12, 10),
        ("network.zones[2][1]", 13, 7),
        ("list[0].x", 16, 1),
        ("list[0].below.deep", 18, 1),
        ("list[1]", 20, 1),
        ("list[1].x", 21, 1),
        ("list[1].inner[0].y", 23, 1),
    ],
)
def test_every_kind_of_setting_has_its_place(key: str, line: int, column: int) -> None:
    assert places(TEXT)[key] == (line, column)


@pytest.mark.parametrize(
    ("key", "where"),
    [
        ("network.missing", (5, 1)),
        ("list[1].inner[7].y", (22, 1)),
        ('network."a.b".c', (5, 1)),
        ("nowhere", None),
        ("", None),
        ("[recovery] region", None),
    ],
)
def test_what_is_missing_is_at_the_table_around_it(key: str, where: tuple[int, int] | None) -> None:
    (problem,) = placed([Problem(key=key, allowed="no")], TEXT)
    assert problem.place == where


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.toml")), ids=lambda file: file.stem)
def test_every_setting_of_the_environments_is_on_the_line_that_names_it(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    lines, count = text.splitlines(), 0

    def compare(value: object, key: str, name: str) -> None:
        nonlocal count
        place = places_of_file[key]
        assert name in lines[place.line - 1], key
        count += 1
        if isinstance(value, dict):
            for part, below in value.items():
                compare(
                    below,
                    f"{key}.{part}" if part.replace("_", "").replace("-", "").isalnum() else f'{key}."{part}"',
                    part,
                )
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for number, below in enumerate(value):
                compare(below, f"{key}[{number}]", "")

    places_of_file = places(text)
    for name, value in tomllib.loads(text).items():
        compare(value, name, name)
    assert count >= 1


def error_of(text: str, folder: Path) -> str:
    (folder / "prod.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_environment("prod", folder=folder, project=PROJECT)
    return str(caught.value).replace(f"{folder}/", "")


def test_a_wrong_setting_is_told_with_file_line_and_column(tmp_path: Path) -> None:
    text = changed(("[tags]", '[tags]\nownr = "x"'))
    line = text.splitlines().index('ownr = "x"') + 1
    assert error_of(text, tmp_path).startswith(f'prod.toml:{line}:1: tags.ownr = "x": unknown setting; ')


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a = 1\nregion = us-east-1\n", "prod.toml:2:10: is not valid TOML: Invalid value: `region = us-east-1`"),
        ("a = 1\r\nb = = 2\r\n", "prod.toml:2:5: is not valid TOML: Invalid value: `b = = 2`"),
        ("a = 1\nb = [", "prod.toml:2:6: is not valid TOML: Invalid value at the end of the file: `b = [`"),
    ],
)
def test_what_is_not_toml_is_told_with_its_line(text: str, says: str, tmp_path: Path) -> None:
    assert error_of(text, tmp_path).startswith(says)


def test_of_a_long_line_the_part_around_the_place_is_shown(tmp_path: Path) -> None:
    (line,) = error_of(f"a = '{'x' * 300}' ? '{'y' * 300}'\n", tmp_path).splitlines()
    assert re.search(r": `\.\.\.x+' \? 'y+\.\.\.`$", line)
    assert len(line) < 200
