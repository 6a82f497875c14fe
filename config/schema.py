"""The JSON schema of an environment file, for editors; `python -m config.schema` writes it."""

import json
import sys
from pathlib import Path
from typing import Any, Final

from config.environment import Environment

FILE: Final = Path(__file__).parent.parent / "environments" / "schema.json"


def environment_schema() -> dict[str, Any]:
    """The schema of environments/<name>.toml: without what no file has."""
    schema = Environment.model_json_schema()
    definitions = schema.pop("$defs", {})
    settings: dict[str, Any] = _simplify(schema, definitions)
    for name in Environment.not_in_file:
        settings["properties"].pop(name)
        settings["required"].remove(name)
    settings["description"] = Environment.__doc__
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Environment of the User Management platform",
        **settings,
    }


def render() -> str:
    """The text of environments/schema.json."""
    return json.dumps(environment_schema(), indent=2) + "\n"


def _simplify(node: Any, definitions: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON is of any type
    """The node without titles, and without references: draft 7 ignores the description beside one."""
    if isinstance(node, list):
        return [_simplify(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if types := [kind for kind in node.get("anyOf", ()) if kind != {"type": "null"}]:
        # TOML has no null: a setting that may be absent has one type when it is there.
        node = {**node, **types[0]}
    if "$ref" in node:
        node = {**definitions[node["$ref"].removeprefix("#/$defs/")], **node}
    plain = {
        key: _simplify(value, definitions)
        for key, value in node.items()
        if key not in {"$ref", "anyOf"} and not (key == "title" and isinstance(value, str))
    }
    if plain.get("default", 0) is None:
        del plain["default"]
    return plain


def main() -> int:
    """Write environments/schema.json."""
    FILE.write_text(render(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
