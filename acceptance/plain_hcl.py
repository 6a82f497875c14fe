"""`python -m acceptance.plain_hcl`: on the emulator, the HCL means what the JSON means; `make hcl-plan` runs it.

Each environment is applied from its JSON. Then the HCL of each stack is planned with the state that this has left, and
must change nothing; and both are planned from an empty state, and must create the same.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from acceptance import synthesis
from acceptance.harness import open_harness
from acceptance.lifecycle import EnvironmentRun, Row, apply
from config.load import ENVIRONMENTS
from console import program
from console.table import table
from hcl.write import write
from main import ROOT
from runner import actions
from runner.errors import FAILED, OK, RunnerError
from runner.events import Events
from runner.results import Status
from runner.terraform import RunContext, Terraform
from synthesis.manifest import OutputError
from synthesis.stack_order import in_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from acceptance.harness import Harness
    from synthesis.manifest import Stack

_COMPARED: Final = ("resource_changes", "output_changes", "checks", "configuration")
"""Of a plan: what it does, and every argument with its value or what it refers to.

https://developer.hashicorp.com/terraform/internals/json-format#plan-representation
"""


def differences(harness: Harness, environment: str) -> dict[str, list[str]]:
    """Apply an environment's JSON, and return by stack how its HCL differs; an empty list if it does not.

    Raises:
        RunnerError: The JSON cannot be applied.
        OutputError: The HCL cannot be written.
    """
    session = harness.session(environment)
    apply(session, EnvironmentRun(environment, rows={id_: Row(id_) for id_ in session.stacks}))
    (rendered,) = write(synthesis.synthesized(harness.folder), [environment], to=harness.folder / "hcl")
    as_hcl = {id_: replace(stack, folder=rendered.stacks[id_]) for id_, stack in session.stacks.items()}
    found: dict[str, list[str]] = {id_: [] for id_ in as_hcl}
    context = replace(session.context, work=harness.folder / "hcl-work")
    for result in actions.plan(replace(session, chosen=as_hcl, context=context)):
        if result.status is not Status.NO_CHANGES:
            found[result.stack] += [f"with the state of the JSON: {each}" for each in result.planned or [result.note]]
    for stack in in_order(session.stacks):
        in_json, in_hcl = (_from_nothing(each, context) for each in (stack, as_hcl[stack.id]))
        if in_json != in_hcl:
            found[stack.id].append(_first_difference(in_json, in_hcl, "from an empty state"))
    return found


def _from_nothing(stack: Stack, context: RunContext) -> dict[str, Any]:
    """What of a plan is compared, if nothing is in the state."""
    state = context.work / "empty" / f"{stack.id}.tfstate"
    with Terraform(stack, context).working_copy() as terraform:
        terraform.init(local_state=state)
        content = terraform.content(terraform.plan(Events()))
    return {key: _as_evaluated(content.get(key)) for key in _COMPARED}


def _as_evaluated(value: Any) -> Any:  # noqa: ANN401 - JSON is of any type
    """Without the text of an expression, which the configuration of a JSON file has as if it were a constant."""
    if isinstance(value, list):
        return [_as_evaluated(item) for item in value]
    if not isinstance(value, dict):
        return value
    constant = json.dumps(value.get("constant_value"))
    is_expression = bool(value.get("references")) or "${" in constant or "%{" in constant
    dropped = {"constant_value"} if is_expression else set()
    return {key: _as_evaluated(item) for key, item in value.items() if key not in dropped}


def _first_difference(one: Any, other: Any, place: str) -> str:  # noqa: ANN401 - JSON is of any type
    """Where two parts of a plan differ; no value, which can be a secret."""
    if isinstance(one, dict) and isinstance(other, dict):
        pairs = ((key, one.get(key), other.get(key)) for key in sorted(one.keys() | other.keys()))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = (
            (each.get("address", index) if isinstance(each, dict) else index, each, other[index])
            for index, each in enumerate(one)
        )
    else:
        return place
    return next(_first_difference(left, right, f"{place}: {key}") for key, left, right in pairs if left != right)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each stack.

    Returns:
        0; 1 if one differs; 2 if something is missing.
    """
    parser = argparse.ArgumentParser(
        prog="python -m acceptance.plain_hcl", description="Plans the HCL on the emulator."
    )
    parser.add_argument("--env", help="one environment (default: all)")
    parser.add_argument("--layer", help="one layer and the layers that it needs (default: all)")
    parser.add_argument("--settings", type=Path, default=ROOT / ENVIRONMENTS, help="the environments' files")
    options = parser.parse_args(arguments)
    failed = False
    try:
        named = [options.env] if options.env else []
        with open_harness(named, settings=options.settings.resolve(), layer=options.layer) as harness:
            for environment in harness.environments:
                found = differences(harness, environment)
                print(table([(id_, "; ".join(lines) or "the same") for id_, lines in found.items()]))
                failed = failed or any(found.values())
    except OutputError as error:
        print(error, file=sys.stderr)
        return 2
    except RunnerError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return FAILED if failed else OK


if __name__ == "__main__":
    program.run(main)
