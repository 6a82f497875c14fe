"""Any text in any setting is that text in AWS, or it is refused with a line: the schema says which settings have text.

A setting that is added later is tried too: if its text is accepted, it must arrive.
"""

from __future__ import annotations

import copy
import json
import re
import tomllib
import zipfile
from typing import TYPE_CHECKING, Any, Final

import pytest
import yaml

from config.environment import Environment
from config.errors import ConfigError, join_key, render_part
from config.load import with_neighbors
from config.managed_rules import ManagedRulesSettings
from config.toml import validate_table
from main import ROOT, synthesize
from tests.config.examples import FILE, PROJECT, text
from tests.fixtures import ENVIRONMENTS, FOLDER
from tests.terraform_texts import without_references

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Key = tuple[str, ...]

ENTRY, NAMED = "[]", "<name>"

FORMS: Final = (
    (
        "{mark} ${{a.b}} %{{c}} $${{d}} %%{{e}} %{{~ if x ~}} \\ \" ' ` <&> # \n\t$(f) {{{{g}}}} é 😀 "
        "LITERAL TfToken[TOKEN.0] 1e5"
    ),
    "{mark} ${{a.b}} %{{c}} $${{d}} é 😀",
    "{mark}-${{a.b}}%{{c}}@example.com",
    "https://example.com/{mark}${{a.b}}%{{c}}",
    "/LITERAL/{mark}$",
)
"""Texts with what Terraform, cdktf, JSON, YAML and shells read as more than text, the worst first."""

OTHERS: Final[dict[str, Any]] = {
    "observability.canaries.page": {"path": "/api/health"},
    **{f"firewall.managed_rules.{group}": {} for group in ManagedRulesSettings.model_fields},
    "domain.health_check": {},
    "delivery.load_test": {},
}
"""Tables that production does not have, with the least that each needs."""

COMMANDS: Final = ("command", "health_command")


def schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "environments" / "schema.json").read_text(encoding="utf-8"))
    return found


def text_settings(node: dict[str, Any], definitions: dict[str, Any], key: Key = ()) -> Iterator[tuple[Key, str]]:
    """Every setting with a text of one's own, with the pattern that the schema has for it."""
    if "$ref" in node:
        node = definitions[node["$ref"].rpartition("/")[2]] | {
            name: one for name, one in node.items() if name != "$ref"
        }
    for choice in ("anyOf", "oneOf", "allOf"):
        for one in node.get(choice, ()):
            yield from text_settings(one, definitions, key)
    if node.get("type") == "string" and "enum" not in node and node.get("format") != "date":
        yield key, node.get("pattern", "")
    for name, one in node.get("properties", {}).items():
        yield from text_settings(one, definitions, (*key, name))
    for one in node.get("patternProperties", {}).values():
        yield from text_settings(one, definitions, (*key, NAMED))
    if "items" in node:
        yield from text_settings(node["items"], definitions, (*key, ENTRY))


def mark_of(number: int) -> str:
    return "mark" + "".join(chr(ord("a") + int(digit)) for digit in f"{number:03}") + "x"


def put(table: dict[str, Any], key: Key, value: str) -> str | None:
    """Set the text at a key of the schema; the key in the file, None if the file has no such table."""
    *path, last = key
    found: Any = table
    where = ""
    for index, part in enumerate(path):
        is_list = path[index + 1 : index + 2] == [ENTRY] or (index == len(path) - 1 and last == ENTRY)
        if part == ENTRY:
            if not found or not isinstance(found[0], dict):
                return None
            found, where = found[0], f"{where}[0]"
            continue
        name = next(iter(found), "") if part == NAMED else part
        if not name:
            return None
        if name not in found:
            if index < len(path) - 1 or last not in {ENTRY, NAMED}:
                return None
            found[name] = [] if is_list else {}
        where, found = join_key(where, render_part(name)), found[name]
    if last == ENTRY:
        found[:] = ["node", value] if path[-1] in COMMANDS else [value]
        return f"{where}[{len(found) - 1}]"
    # The name of a secret, so that a reason in not_secret has its variable.
    name = "TEXT_TOKEN" if last == NAMED else last
    found[name] = value
    return join_key(where, name)


def accepted(table: dict[str, Any], texts: dict[Key, list[str]]) -> tuple[Environment, dict[Key, str]]:
    """The environment with the first text of each setting that it accepts; a setting may refuse all of them."""
    waiting = {key: list(candidates) for key, candidates in texts.items()}
    while True:
        changed = copy.deepcopy(table)
        places = {put(changed, key, candidates[0]): key for key, candidates in waiting.items() if candidates}
        settings = _tuples({"name": "prod", "project": PROJECT, **changed})
        try:
            environment = validate_table(Environment, settings, file=FILE)
        except ConfigError as error:
            lines = str(error).splitlines()
            wrong = {
                key for place, key in places.items() if place and _is_refused(place, mark_in(waiting[key][0]), error)
            }
            if len(lines) != len(error.problems) or not wrong:
                raise
            for key in wrong:
                waiting[key].pop(0)
        else:
            return environment, {key: waiting[key][0] for place, key in places.items() if place}


def mark_in(wrote: str) -> str:
    return wrote[wrote.index("mark") :][: len(mark_of(0))]


def _is_refused(place: str, mark: str, error: ConfigError) -> bool:
    """Whether a problem is about the place, or quotes the text."""
    return any(one.key == place or mark in str(one) for one in error.problems)


def _tuples(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _tuples(one) for name, one in value.items()}
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def views(found: Any) -> Iterator[str]:
    """The texts in a value that are not JSON, YAML or words of a shell any more."""
    if isinstance(found, dict):
        for name, one in found.items():
            yield from views(name)
            yield from views(one)
    elif isinstance(found, list):
        for one in found:
            yield from views(one)
    elif isinstance(found, str):
        inner = _read(found)
        if inner is None:
            yield found
        else:
            yield from views(inner)


def _read(found: str) -> dict[str, Any] | list[Any] | None:
    for read in (json.loads, yaml.safe_load):
        try:
            inner = read(found)
        except (ValueError, yaml.YAMLError):
            continue
        if isinstance(inner, dict | list):
            return inner
    return None


def texts_of_output(folder: Path) -> Iterator[tuple[str, str]]:
    """Every text of the stacks as Terraform evaluates it, and of the files in the packages of functions."""
    for path in folder.glob("stacks/*/cdk.tf.json"):
        for found in views_of_json(json.loads(path.read_text(encoding="utf-8"))):
            yield path.parent.name, found
    for path in folder.glob("stacks/*/lambdas/*.zip"):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.endswith(".json"):
                    for found in views(archive.read(name).decode()):
                        yield f"{path.name}/{name}", found


def views_of_json(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield from views_of_json(name)
            yield from views_of_json(one)
    elif isinstance(value, list):
        for one in value:
            yield from views_of_json(one)
    elif isinstance(value, str) and "mark" in value:
        yield from views(without_references(value))


@pytest.mark.seconds(12)
def test_any_text_of_any_setting_arrives_or_is_refused(tmp_path: Path) -> None:
    document = schema()
    settings = dict(text_settings(document, document.get("$defs", {})))
    texts = {
        key: [form.format(mark=mark_of(number)) for form in FORMS]
        for number, (key, pattern) in enumerate(settings.items())
        if any(re.search(pattern, form.format(mark=mark_of(number))) for form in FORMS)
    }
    assert {("services", NAMED, "command", ENTRY), ("services", NAMED, "environment", NAMED)} <= texts.keys()
    table = tomllib.loads(text(delivery=True, drills=True))
    for name, content in OTHERS.items():
        _add(table, name.split("."), content)
    there = {key for key in texts if put(copy.deepcopy(table), key, "")}
    tried = {key[-1] for key in there}
    missing = [".".join(key) for key in texts if key not in there and key[-1] not in tried]
    assert not missing, f"add the tables of {', '.join(missing)} to OTHERS"
    environment, wanted = accepted(table, texts)
    synthesize([with_neighbors(environment, ENVIRONMENTS, FOLDER)], tmp_path / "out")

    found: dict[Key, int] = dict.fromkeys(wanted, 0)
    for where, view in texts_of_output(tmp_path / "out"):
        for key, wrote in wanted.items():
            if mark_in(wrote) in view:
                assert wrote in view, f"{'.'.join(key)} in {where}: {view}"
                found[key] += 1
    lost = [".".join(key) for key, count in found.items() if not count]
    assert not lost, f"accepted, and nowhere in the output: {lost}"
    assert len(found) > 8, found


def _add(table: dict[str, Any], path: list[str], content: dict[str, Any]) -> None:
    for part in path[:-1]:
        table = table.setdefault(part, {})
    table.setdefault(path[-1], dict(content))
