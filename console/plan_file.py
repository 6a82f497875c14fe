"""Reads the JSON of a plan, and says in one line what a file is that is not one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_MAJOR: Final = "1"
"""The major version of the format; a newer minor one only adds keys, which are ignored.

https://developer.hashicorp.com/terraform/internals/json-format#format-version
"""

_MAKE: Final = "make one with `terraform plan -out=FILE` and `terraform show -json FILE > plan.json`"
_ZIP: Final = b"PK\x03\x04"
_LISTS: Final = ("resource_changes", "resource_drift", "deferred_changes", "checks")
_OBJECTS: Final = ("output_changes", "variables")


class PlanError(Exception):
    """A file cannot be reviewed; `str()` is one line: which file, what is wrong, and what to do."""


def read_plan(path: Path) -> dict[str, Any]:
    """The plan of a file.

    Raises:
        PlanError: There is no such file, or it is not the JSON of a plan.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _refusal(path, f"cannot be read: {error.strerror}; {_MAKE}") from error
    if not content.strip():
        raise _refusal(path, f"is empty; {_MAKE}")
    if content.startswith(_ZIP):
        raise _refusal(path, f"is a binary plan; `terraform show -json {path.name} > plan.json` makes the JSON of it")
    try:
        document = json.loads(content)  # also in UTF-16, which PowerShell writes
    except (ValueError, RecursionError) as error:
        if b'"@level"' in content.partition(b"\n")[0]:
            raise _refusal(path, f"is the log of `terraform plan -json`; {_MAKE}") from error
        detail = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise _refusal(path, f"is not JSON{detail}; {_MAKE}") from error
    return check_plan(document, str(path))


def check_plan(document: object, name: str) -> dict[str, Any]:
    """The same document, if it is a plan.

    Args:
        document: What was parsed.
        name: What messages call it.

    Raises:
        PlanError: It is something else, or has another version.
    """
    try:
        return _checked(document, name)
    except RecursionError as error:
        raise _refusal(name, "is not a valid plan: it is nested too deeply") from error


def _checked(document: object, name: str) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise _refusal(name, f"must be a JSON object; {_MAKE}")
    if "@level" in document:
        raise _refusal(name, f"is the log of `terraform plan -json`; {_MAKE}")
    if _is_state(document):
        raise _refusal(name, f"is a state and not a plan; {_MAKE}")
    version = document.get("format_version")
    if not isinstance(version, str):
        raise _refusal(name, f"is not the JSON of a plan: it has no format_version; {_MAKE}")
    if version.partition(".")[0] != _MAJOR:
        raise _refusal(name, f"has the format_version {version!r}, and must have {_MAJOR}.x; use Terraform 1.x")
    _check_shape(document, name)
    return document


def _is_state(document: Mapping[str, Any]) -> bool:
    if "resource_changes" in document or "planned_values" in document:
        return False
    return "values" in document or "lineage" in document or "serial" in document


def _check_shape(document: Mapping[str, Any], name: str) -> None:
    for key in _LISTS:
        entries = document.get(key) or []
        if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
            raise _refusal(name, f"is not a valid plan: {key} must be a list of objects")
    for key in _OBJECTS:
        if not _is_object_of_objects(document.get(key)):
            raise _refusal(name, f"is not a valid plan: {key} must be an object of objects")
    for key in ("resource_changes", "resource_drift"):
        for index, entry in enumerate(document.get(key) or []):
            _check_change(entry, f"{key}[{index}]", name)
    for key, entry in (document.get("output_changes") or {}).items():
        if not _is_list_of_texts(entry.get("actions")):
            raise _refusal(name, f"is not a valid plan: output_changes[{key!r}] must have actions")
    _check_configuration(document.get("configuration", {}), name)
    for side in (document.get("planned_values"), _member(document.get("prior_state"), "values")):
        _check_values(_member(side, "root_module") or {}, name)


def _check_change(entry: Mapping[str, Any], place: str, name: str) -> None:
    change = entry.get("change")
    is_valid = isinstance(entry.get("address"), str) and isinstance(entry.get("type"), str)
    if not (is_valid and isinstance(change, dict) and _is_list_of_texts(change.get("actions"))):
        raise _refusal(name, f"is not a valid plan: {place} must have address, type and change.actions")
    if not all(isinstance(change.get(side), dict | None) for side in ("before", "after")):
        raise _refusal(name, f"is not a valid plan: before and after of {place} must be objects or null")


def _check_configuration(configuration: object, name: str) -> None:
    providers = _member(configuration, "provider_config")
    is_valid = isinstance(configuration, dict) and _is_object_of_objects(providers)
    is_valid = is_valid and all(_is_object_of_objects(one.get("expressions")) for one in (providers or {}).values())
    if not is_valid or not _is_module(_member(configuration, "root_module") or {}):
        message = (
            "is not a valid plan: configuration must have provider_config and root_module as Terraform writes them"
        )
        raise _refusal(name, message)


def _is_module(module: object) -> bool:
    """Whether a module of the configuration has resources with expressions, and calls of such modules."""
    if not isinstance(module, dict) or not _is_object_of_objects(module.get("module_calls")):
        return False
    resources = module.get("resources") or []
    return (
        isinstance(resources, list)
        and all(
            isinstance(one, dict)
            and isinstance(one.get("address"), str)
            and isinstance(one.get("expressions") or {}, dict)
            for one in resources
        )
        and all(_is_module(one.get("module") or {}) for one in (module.get("module_calls") or {}).values())
    )


def _check_values(module: object, name: str) -> None:
    lists = [_member(module, key) or [] for key in ("resources", "child_modules")]
    if not isinstance(module, dict) or not all(isinstance(one, list) for one in lists):
        message = "is not a valid plan: the modules of planned_values and prior_state must have lists of resources"
        raise _refusal(name, message)
    for child in lists[1]:
        _check_values(child, name)


def _member(value: object, key: str) -> Any:  # noqa: ANN401 - JSON
    return value.get(key) if isinstance(value, dict) else None


def _is_object_of_objects(value: object) -> bool:
    entries = value or {}
    return isinstance(entries, dict) and all(isinstance(one, dict) for one in entries.values())


def _is_list_of_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _refusal(name: object, what: str) -> PlanError:
    return PlanError(f"{name}: {what}")
