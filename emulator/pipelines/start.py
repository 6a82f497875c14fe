"""Starts executions: by a call, a push, a changed object, a rule of EventBridge or the creation of the pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from moto.codepipeline.models import codepipeline_backends

from emulator.errors import AwsError
from emulator.pipelines.execution import Execution
from emulator.pipelines.run import begin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.store import Shape


_ALLOWS_KEYS: Final = "AllowOverrideForS3ObjectKey"


def structure_of(name: str, *, account: str, region: str) -> Mapping[str, Any]:
    """The structure of a pipeline as it is now; the caller has the lock.

    Raises:
        AwsError: There is no such pipeline.
    """
    found = codepipeline_backends[account][region].pipelines.get(name)
    if found is None:
        message = f"Account '{account}' does not have a pipeline with name '{name}'"
        raise AwsError(code="PipelineNotFoundException", message=message)
    structure: Mapping[str, Any] = found.pipeline
    return structure


def start(
    name: str,
    *,
    account: str,
    region: str,
    trigger: str,
    detail: str = "",
    variables: list[Shape] | None = None,
    revisions: Mapping[str, str] | None = None,
    keys: Mapping[str, str] | None = None,
) -> Execution:
    """Start an execution of a pipeline; the caller has the lock.

    Args:
        name: Name of the pipeline.
        account: Its account.
        region: Its region.
        trigger: What starts it, like `WebhookV2`.
        detail: Who or what that is.
        variables: Values of variables of the pipeline.
        revisions: The revisions of source actions by the action's name, if not the newest.
        keys: The keys of objects of source actions by the action's name, if not the configured ones.

    Raises:
        AwsError: There is no such pipeline, action or variable.
    """
    structure = structure_of(name, account=account, region=region)
    sources = {action["name"]: action.get("configuration") or {} for action in structure["stages"][0]["actions"]}
    for action in (*(revisions or {}), *(keys or {})):
        if action not in sources:
            message = (
                f"Source revision override for action {action} is not valid: the pipeline has no such source action"
            )
            raise AwsError(code="ValidationException", message=message)
    for action in keys or {}:
        # https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-trigger-source-overrides.html
        if sources[action].get(_ALLOWS_KEYS) != "true":
            message = f"Source revision override for action {action} is not valid: {_ALLOWS_KEYS} must be true"
            raise AwsError(code="ValidationException", message=message)
    execution = Execution(
        account=account,
        region=region,
        structure=structure,
        trigger_type=trigger,
        trigger_detail=detail,
        variables=_values(structure, variables or []),
        overrides=dict(revisions or {}),
        keys=dict(keys or {}),
    )
    begin(execution)
    return execution


def _values(structure: Mapping[str, Any], given: list[Shape]) -> dict[str, str]:
    """The value of each variable of the pipeline: that of the start, or its default."""
    declared = {one["name"]: one.get("defaultValue") for one in structure.get("variables") or ()}
    values = {name: default for name, default in declared.items() if default is not None}
    for one in given:
        if one["name"] not in declared:
            known = ", ".join(declared) or "none"
            message = f"Variable {one['name']} is not declared in the pipeline; it has {known}"
            raise AwsError(code="ValidationException", message=message)
        values[one["name"]] = one["value"]
    if missing := sorted(set(declared) - set(values)):
        message = f"Values for the pipeline variables {', '.join(missing)} are required"
        raise AwsError(code="ValidationException", message=message)
    return values
