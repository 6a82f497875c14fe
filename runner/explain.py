"""Turns Terraform's errors into a cause and a remedy."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from runner.errors import INTERRUPTED
from runner.events import lock_holder
from runner.results import Result, Status
from synthesis.manifest import STATE_LAYER, state_stack
from synthesis.stack_order import consumers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from runner.errors import RunnerError
    from runner.events import Diagnostic
    from synthesis.manifest import Stack

_REMOTE_STATE = re.compile(r"data\.terraform_remote_state\.([\w-]+)")
_NO_CREDENTIALS = re.compile(
    r"No valid credential sources|failed to refresh cached credentials|ExpiredToken|InvalidClientTokenId"
    r"|SSO session .* expired|UnrecognizedClientException"
)
_NO_PROVIDER = re.compile(r"Failed to query available provider packages|Failed to install provider")
_GROUP_IN_USE = re.compile(r"deleting Security Group .*DependencyViolation", re.DOTALL)
_NOT_ISSUED = re.compile(r"waiting for ACM Certificate .* to be issued")
_SINGLETONS: Final[Mapping[str, str]] = {
    r"Service role name AWSServiceRoleForConfig has been taken": (
        "set `create_service_role = false` of [security.config_recorder]"
    ),
    r"Provider with url https://token.actions.githubusercontent.com already exists": (
        "set `create_provider = false` of [security.github]"
    ),
    r"a detector already exists for the current account": "remove [security.threat_detection]",
    r"MaxNumberOfConfigurationRecordersExceeded": "remove [security.config_recorder]",
}
"""Refusals of what an account, or its region, can have only once, with what to change."""
_NO_BOUNDARY = re.compile(r"Scope ARN: \S+-boundary does not exist")
_NO_BUCKET = re.compile(r"S3 bucket .* does not exist|NoSuchBucket")


def is_bucket_missing(error: RunnerError) -> bool:
    """Whether the state bucket is missing; the error of a resource's own bucket has an address."""
    texts = (f"{each.summary} {each.detail}" for each in error.diagnostics if not each.address)
    return any(_NO_BUCKET.search(text) for text in texts)


def shares_bucket(stack: Stack, other: Stack) -> bool:
    """Whether both keep their states in one bucket; a stack of the second region keeps its own there."""
    return stack.backend.get("bucket") == other.backend.get("bucket")


def find_missing_producer(stack: Stack, stacks: Mapping[str, Stack], error: RunnerError) -> Stack | None:
    """The stack whose state, or an output in it, is missing; None for any other error."""
    producers = stack.producers(stacks)
    for diagnostic in error.diagnostics:
        name = _missing_remote_state(diagnostic)
        if name in producers:
            return stacks[producers[name]]
    return None


def _missing_remote_state(diagnostic: Diagnostic) -> str:
    if diagnostic.summary == "Unable to find remote state":
        found = _REMOTE_STATE.search(diagnostic.address)
    elif diagnostic.summary == "Unsupported attribute":
        found = _REMOTE_STATE.search(diagnostic.code)
    else:
        found = None
    return found[1] if found else ""


def waiting_note(stack: Stack, producer: Stack) -> str:
    """What to apply first."""
    if producer.id == stack.id:
        return f"does not exist yet, run `make bootstrap ENV={stack.environment}` first"
    if producer.layer == STATE_LAYER:
        return f"waits for {producer.id}, run `make bootstrap ENV={stack.environment}` first"
    return f"waits for {producer.id}, apply that first"


def _group_in_use_remedy(stack: Stack, stacks: Mapping[str, Stack]) -> str:
    """Rules of another group refer to the group: those of layers that are applied later are still there."""
    name = stack.environment
    users = [f"`make apply ENV={name} LAYER={stacks[id_].name}`" for id_ in consumers(stacks, stack.id)]
    if not users:
        return "A rule of another security group, or a network interface, still uses it: delete that, then repeat."
    return (
        "A rule of another security group still refers to it. Where that is a rule of a layer that is applied later, "
        f"apply that layer alone, which deletes the rule, then repeat: {', '.join(users)}."
    )


def _aws_refusal_remedy(stack: Stack, stacks: Mapping[str, Stack], message: str) -> str:
    """What to do about a refusal of AWS that has one known cause; empty for any other."""
    for refusal, remedy in _SINGLETONS.items():
        if re.search(refusal, message):
            return f"The account has it already, and can have only one: {remedy} in {_file_of(stack)}, then repeat."
    if _NO_BOUNDARY.search(message):
        return (
            "The layer `state` makes the permissions boundaries of all roles. A person applies it first: "
            f"make apply ENV={stack.environment} LAYER=state"
        )
    if _NOT_ISSUED.search(message):
        return (
            "Resolvers do not find the validation records, or a CAA record does not allow Amazon. Compare what they "
            f"find with the zone's name servers: `dig +short NS {stack.zone_name}` (docs/domain.md). Then repeat."
        )
    return _group_in_use_remedy(stack, stacks) if _GROUP_IN_USE.search(message) else ""


def _file_of(stack: Stack) -> str:
    return f"environments/{stack.environment}.toml"


def result_from_error(stack: Stack, stacks: Mapping[str, Stack], error: RunnerError, log: Path) -> Result:
    """The result of a stack whose run raised."""
    if error.exit_code == INTERRUPTED:
        return Result(stack.id, Status.INTERRUPTED)
    state = state_stack(stacks)
    if is_bucket_missing(error) and state and not shares_bucket(stack, state):
        note = f"waits for {state.id}, run `make apply ENV={stack.environment} LAYER={state.name}` first"
        return Result(stack.id, Status.WAITS, note=note)
    producer = state if is_bucket_missing(error) else find_missing_producer(stack, stacks, error)
    if producer:
        return Result(stack.id, Status.WAITS, note=waiting_note(stack, producer))
    note, remedy = error.message, error.remedy
    if not error.diagnostics and not remedy:
        return Result(stack.id, Status.FAILED, note=note, remedy=f"Terraform's full output: {log}")
    holder = lock_holder(error.diagnostics)
    if holder:
        note = f"The state is locked by {holder}."
        remedy = (
            "Wait until it has finished. If it is no longer running: "
            f"make unlock ENV={stack.environment} LAYER={stack.name} LOCK_ID={holder.id}"
        )
    elif _NO_CREDENTIALS.search(error.message):
        note = f"No valid AWS credentials: {error.diagnostics[0].summary}."
        remedy = "Set AWS_PROFILE or AWS_ACCESS_KEY_ID and its secret, log in (`aws sso login`), then repeat."
    elif any(_NO_PROVIDER.search(each.summary) for each in error.diagnostics):
        remedy = (
            "Terraform's provider is not on this machine, and its registry cannot be reached. Without a network, set "
            "TF_PLUGIN_MIRROR to the folder that `terraform providers mirror` filled: it has `registry.terraform.io`."
        )
    elif known := _aws_refusal_remedy(stack, stacks, error.message):
        remedy = known
    elif error.diagnostics:
        remedy = f"Terraform's full output: {log}"
    return Result(stack.id, Status.FAILED, note=note, remedy=remedy)
