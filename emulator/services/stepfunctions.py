"""AWS Step Functions: moto lacks the validation of a definition and the list of versions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from emulator.registry import Context, operation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.store import Shape


@operation("stepfunctions", "ValidateStateMachineDefinition")
def validate_definition(params: Shape, _: Context) -> Shape:
    """Check that the definition is JSON, has a start state and refers only to states that it has."""
    try:
        definition = json.loads(params["definition"])
    except ValueError as error:
        return _failed("INVALID_JSON_DESCRIPTION", str(error))
    states = definition.get("States") or {} if isinstance(definition, dict) else None
    if not isinstance(states, dict) or not all(isinstance(state, dict) for state in states.values()):
        return _failed("SCHEMA_VALIDATION_FAILED", "Expected value of type Object")
    targets = [definition.get("StartAt"), *(target for state in states.values() for target in _targets(state))]
    missing = [target for target in targets if target not in states]
    if missing:
        return _failed("MISSING_TRANSITION_TARGET", f"Missing 'Next' target: {missing[0]}")
    return {"result": "OK", "diagnostics": []}


@operation("stepfunctions", "ListStateMachineVersions")
def list_versions(_: Shape, __: Context) -> Shape:
    """Return an empty list: no version is ever published."""
    return {"stateMachineVersions": []}


def _targets(state: Shape) -> Iterator[Any]:
    """Yield the next states of a state: its own, of its choices and of the errors that it catches."""
    yield from (state[member] for member in ("Next", "Default") if member in state)
    for member in ("Choices", "Catch"):
        yield from (one["Next"] for one in state.get(member) or () if "Next" in one)


def _failed(code: str, message: str) -> Shape:
    return {"result": "FAIL", "diagnostics": [{"severity": "ERROR", "code": code, "message": message}]}
