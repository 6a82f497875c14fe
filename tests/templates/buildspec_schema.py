"""What AWS documents of a buildspec, version 0.2: https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html.

Batch builds and the proxy are left out: no project here has them. No package that the locks could have has a schema of
it.
"""

from __future__ import annotations

from typing import Any, Final

_Schema = dict[str, Any]

_SHELL: Final[_Schema] = {"enum": ["bash", "/bin/sh"]}  # on Linux
_YES_OR_NO: Final[_Schema] = {"enum": ["yes", "no", True, False]}
_TEXT: Final[_Schema] = {"type": "string", "minLength": 1}
_TEXTS: Final[_Schema] = {"type": "array", "items": _TEXT, "minItems": 1}
# A variable's name: https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ExportedEnvironmentVariable.html
_NAME: Final = "^[A-Za-z_][A-Za-z0-9_]*$"


def _object(required: tuple[str, ...] = (), more: dict[str, _Schema] | None = None, **properties: _Schema) -> _Schema:
    named = {name.rstrip("_").replace("__", "-"): schema for name, schema in {**properties, **(more or {})}.items()}
    return {"type": "object", "properties": named, "required": list(required), "additionalProperties": False}


def _map(key: str, values: _Schema) -> _Schema:
    return {"type": "object", "patternProperties": {key: values}, "additionalProperties": False, "minProperties": 1}


_PLACE: Final[dict[str, _Schema]] = {"files": _TEXTS, "base__directory": _TEXT, "discard__paths": _YES_OR_NO}
_PHASE: Final[dict[str, _Schema]] = {
    "run__as": _TEXT,
    "on__failure": {"type": "string", "pattern": r"^(ABORT|CONTINUE|RETRY(-\d+)?(-.+)?)$"},
    "commands": _TEXTS,
    "finally": _TEXTS,
}
_ARTIFACT: Final[dict[str, _Schema]] = {
    **_PLACE,
    "name": _TEXT,
    "exclude__paths": _TEXTS,
    "enable__symlinks": _YES_OR_NO,
    "s3__prefix": _TEXT,
}
# https://docs.aws.amazon.com/codebuild/latest/userguide/test-reporting.html
_FORMATS: Final = [
    "CUCUMBERJSON",
    "JUNITXML",
    "NUNITXML",
    "NUNIT3XML",
    "TESTNGXML",
    "VISUALSTUDIOTRX",
    "CLOVERXML",
    "COBERTURAXML",
    "JACOCOXML",
    "SIMPLECOV",
]

SCHEMA: Final[_Schema] = _object(
    ("version", "phases"),
    version={"const": 0.2},
    run__as=_TEXT,
    env=_object(
        shell_=_SHELL,
        variables=_map(_NAME, {"type": "string"}),
        parameter__store=_map(_NAME, _TEXT),
        exported__variables={"type": "array", "items": {"type": "string", "pattern": _NAME}, "minItems": 1},
        secrets__manager=_map(_NAME, _TEXT),
        git__credential__helper=_YES_OR_NO,
    ),
    phases=_object(
        install=_object(
            runtime__versions=_map(
                "^(android|dotnet|golang|java|nodejs|php|python|ruby)$", {"type": ["string", "number"]}
            ),
            more=_PHASE,
        ),
        pre_build=_object(("commands",), more=_PHASE),
        build=_object(("commands",), more=_PHASE),
        post_build=_object(("commands",), more=_PHASE),
    ),
    reports=_map(
        "^(arn:aws:codebuild:.+|[A-Za-z0-9][A-Za-z0-9_-]{1,127})$",
        _object(("files",), _PLACE, file__format={"enum": _FORMATS}),
    ),
    artifacts={
        **_object((), _ARTIFACT, secondary__artifacts=_map("^[A-Za-z0-9_]{1,127}$", _object(("files",), _ARTIFACT))),
        "anyOf": [{"required": ["files"]}, {"required": ["secondary-artifacts"]}],
    },
    cache=_object(key=_TEXT, fallback__keys=_TEXTS, action={"enum": ["restore", "save"]}, paths=_TEXTS),
)
