"""Helpers for sample stacks, with as little JSON as a rule needs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from synthesis.manifest import Stack

ACCOUNT = "444444444444"
TAGS = dict.fromkeys(("Project", "Environment", "Layer", "ManagedBy", "Owner", "CostCenter"), "x")


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A stack that a rule accepts, and one that it must not accept."""

    rule: str
    good: Stack
    bad: Stack
    at: str
    """Where the finding of the bad one is."""
    says: str
    """A part of its message."""
    others: tuple[Stack, ...] = ()
    """The other stacks that the rule sees."""

    @property
    def good_stacks(self) -> dict[str, Stack]:
        """All stacks by id where the rule finds nothing."""
        return {one.id: one for one in (self.good, *self.others)}

    @property
    def bad_stacks(self) -> dict[str, Stack]:
        """All stacks by id where the rule finds something."""
        return {one.id: one for one in (self.bad, *self.others)}

    def __str__(self) -> str:
        return f"{self.rule}: {self.says}"


def stack(
    resources: dict[str, dict[str, Any]] | None = None,
    *,
    protected: bool = True,
    environment: str = "test",
    layer: str = "unit",
    region: str = "us-east-1",
    **blocks: Any,
) -> Stack:
    """A stack with these resources, each under its address."""
    by_kind: dict[str, dict[str, Any]] = {}
    for address, arguments in (resources or {}).items():
        kind, _, name = address.partition(".")
        by_kind.setdefault(kind, {})[name] = arguments
    metadata = {
        "project": "acme",
        "environment": environment,
        "layer": layer,
        "region": region,
        "protect_data": protected,
    }
    document = {"//": {"metadata": metadata}, "resource": by_kind, **blocks}
    return Stack(id=f"{environment}-{layer}", folder=Path(layer), document=document)


def policy(*statements: dict[str, Any]) -> str:
    """A policy of these statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def sample(
    rule: str,
    good: dict[str, dict[str, Any]],
    bad: dict[str, dict[str, Any]],
    *,
    says: str,
    at: str | None = None,
    others: tuple[Stack, ...] = (),
    **blocks: Any,
) -> Sample:
    """A sample of resources; the finding is at the first bad one unless said otherwise."""
    return Sample(
        rule=rule,
        good=stack(good, **blocks),
        bad=stack(bad, **blocks),
        at=at or next(iter(bad)),
        says=says,
        others=others,
    )


def backend(layer: str) -> dict[str, Any]:
    """The `terraform` block of a stack whose state others read."""
    return {"backend": {"s3": _state(layer)}}


def reads(*layers: str) -> dict[str, Any]:
    """The `data` block of a stack that reads the states of these layers."""
    return {"terraform_remote_state": {layer: {"config": _state(layer)} for layer in layers}}


def _state(layer: str) -> dict[str, str]:
    return {"bucket": "state", "key": f"{layer}/terraform.tfstate"}


def changed(resources: dict[str, dict[str, Any]], address: str, /, **arguments: object) -> dict[str, dict[str, Any]]:
    """The resources with arguments of one of them replaced."""
    if address not in resources:
        message = f"{address} is not in {sorted(resources)}"
        raise LookupError(message)
    return {**resources, address: {**resources[address], **arguments}}


def without(resources: dict[str, dict[str, Any]], address: str) -> dict[str, dict[str, Any]]:
    """The resources except one."""
    if address not in resources:
        message = f"{address} is not in {sorted(resources)}"
        raise LookupError(message)
    return {key: value for key, value in resources.items() if key != address}
