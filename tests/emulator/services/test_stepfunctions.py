from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

END = {"Type": "Succeed"}
CHOICE = {"Variable": "$.a", "IsNull": True}


@pytest.mark.parametrize(
    "state",
    [
        {"Type": "Pass", "Next": "none"},
        {"Type": "Choice", "Choices": [{**CHOICE, "Next": "end"}], "Default": "none"},
        {"Type": "Choice", "Choices": [{**CHOICE, "Next": "end"}, {**CHOICE, "Next": "none"}]},
        {"Type": "Task", "Next": "end", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "none"}]},
    ],
)
def test_a_state_that_is_missing_is_found_wherever_it_is_named(client: Client, state: Any) -> None:
    states = client("stepfunctions")
    definition: dict[str, Any] = {"StartAt": "start", "States": {"start": state, "end": END}}
    found = states.validate_state_machine_definition(definition=json.dumps(definition))
    assert (found["result"], found["diagnostics"][0]["code"]) == ("FAIL", "MISSING_TRANSITION_TARGET")
    definition["States"]["none"] = END

    assert states.validate_state_machine_definition(definition=json.dumps(definition))["result"] == "OK"


@pytest.mark.parametrize("definition", ["[]", '"a"', '{"States": []}', '{"States": [1]}', '{"States": {"a": 1}}'])
def test_a_definition_of_another_shape_is_refused(client: Client, definition: str) -> None:
    assert client("stepfunctions").validate_state_machine_definition(definition=definition)["result"] == "FAIL"


def test_a_state_machine_definition_is_checked(client: Client) -> None:
    states = client("stepfunctions")
    good = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
    lost = {"StartAt": "B", "States": {"A": {"Type": "Pass", "End": True}}}

    assert states.validate_state_machine_definition(definition=json.dumps(good))["result"] == "OK"
    failed = states.validate_state_machine_definition(definition=json.dumps(lost))
    assert failed["diagnostics"][0]["code"] == "MISSING_TRANSITION_TARGET"
    assert states.validate_state_machine_definition(definition="{")["result"] == "FAIL"
