"""Whatever is in a file, it is loaded or refused in plain words."""

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.errors import ConfigError
from tests.config.examples import loading, parsed, table, without_places

JARGON = re.compile(r"pydantic|Input should|validation|str_|_type|tuple|\bdict|NoneType|(?-i:Decimal)", re.IGNORECASE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("environments")


@given(content=st.one_of(st.binary(), st.text().map(str.encode)))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_refused_without_a_traceback(content: bytes, folder: Path) -> None:
    (folder / "prod.toml").write_bytes(content)
    assert loading("prod", folder)


def places(value: object, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*place, key)
        yield from places(item, (*place, key))


KEYS = st.sampled_from([str(place[-1]) for place in places(table())]) | st.text()
VALUES = st.recursive(
    st.one_of(
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(),
        st.datetimes().map(lambda moment: moment.date()),
        st.sampled_from(["10.0.0.0/16", "10.0.1.0/24", "use1-az3", "none", 512]),
    ),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(KEYS, values, max_size=3),
    max_leaves=5,
)


def toml_of(value: object) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{json.dumps(key)} = {toml_of(item)}' for key, item in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml_of, value))}]"
    return json.dumps(value) if isinstance(value, str | bool | int) else str(value)


@given(place=st.sampled_from(list(places(table()))), value=VALUES, key=st.none() | KEYS)
@settings(deadline=None, max_examples=100)
def test_any_value_anywhere_is_accepted_or_refused_in_plain_words(
    place: tuple[Any, ...], value: object, key: str | None
) -> None:
    settings_table = copy.deepcopy(table())
    holder: Any = settings_table
    for part in place[:-1]:
        holder = holder[part]
    holder[place[-1] if key is None or isinstance(holder, list) else key] = value
    toml = "".join(f"{json.dumps(key)} = {toml_of(item)}\n" for key, item in settings_table.items())
    try:
        parsed(toml)
    except ConfigError as error:
        for line in without_places(str(error)).splitlines():
            assert line.startswith("environments/prod.toml: ")
            said = re.sub(r'".*?(?<!\\)"|\{.*\}', "", line.split(": ", 2)[2])  # without the key and quoted values
            assert not JARGON.search(said), line
