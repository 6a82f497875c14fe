"""The JSON schemas of the files in environments/, for editors; `python -m config.schema` writes them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, get_args

from config.descriptions import descriptions
from config.environment import Environment
from config.model import Model
from config.project import ProjectSettings
from console import program
from console.files import write_whole

FOLDER: Final = Path(__file__).parent.parent / "environments"

SCHEMAS: Final[Mapping[str, tuple[type[Model], str]]] = {
    "schema.json": (Environment, "Environment of the platform"),
    "project.schema.json": (ProjectSettings, "Project: the same for every environment"),
}
"""File of a schema to its model and title."""


def schema_for(model: type[Model], title: str) -> dict[str, Any]:
    """The JSON schema of a file with the settings of the model, without settings that no file has."""
    schema = model.model_json_schema()
    definitions = schema.pop("$defs", {})
    _describe(schema, model)
    for nested in _nested_models(model):
        _describe(definitions[nested.__name__], nested)
    settings: dict[str, Any] = _simplify(schema, definitions)
    for name in model.not_in_file:
        settings["properties"].pop(name)
        if name in settings["required"]:
            settings["required"].remove(name)
    settings["description"] = model.__doc__
    return {"$schema": "http://json-schema.org/draft-07/schema#", "title": title, **settings}


def render(file: str) -> str:
    """The text of the schema in this file."""
    return json.dumps(schema_for(*SCHEMAS[file]), indent=2) + "\n"


def _describe(schema: dict[str, Any], model: type[Model]) -> None:
    for name, text in descriptions(model).items():
        if name in schema["properties"]:
            # Where pydantic puts it: in front of a reference, in order of the alphabet otherwise.
            setting = schema["properties"][name] | {"description": text}
            schema["properties"][name] = dict(sorted(setting.items()))


def _nested_models(model: type[Model]) -> set[type[Model]]:
    """The models that are the type, or part of the type, of a setting."""
    found: set[type[Model]] = set()
    waiting: list[object] = [model]
    while waiting:
        type_ = waiting.pop()
        if isinstance(type_, type) and issubclass(type_, Model) and type_ not in found:
            found.add(type_)
            waiting.extend(field.annotation for field in type_.model_fields.values())
        waiting.extend(get_args(type_))
    return found - {model}


def _simplify(node: Any, definitions: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON is of any type
    """The node without titles and references: draft 7 ignores a description beside a reference."""
    if isinstance(node, list):
        return [_simplify(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if types := [kind for kind in node.get("anyOf", ()) if kind != {"type": "null"}]:
        # TOML has no null: an optional setting has one type.
        node = {**node, **types[0]}
    if "$ref" in node:
        node = {**definitions[node["$ref"].removeprefix("#/$defs/")], **node}
    simple = {
        key: _simplify(value, definitions)
        for key, value in node.items()
        if key not in {"$ref", "anyOf"} and not (key == "title" and isinstance(value, str))
    }
    if simple.get("default", 0) is None:
        del simple["default"]
    return simple


def main() -> int:
    """Write the schemas."""
    for file in SCHEMAS:
        write_whole(FOLDER / file, render(file))
    return 0


if __name__ == "__main__":
    program.run_alone(main, module="config.schema", description=__doc__)
