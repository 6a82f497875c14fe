"""Terraform JSON in the form that synthesis writes: one object by labels, whatever form the file has.

At each level of labels, a file may have an object or an array of objects.
https://developer.hashicorp.com/terraform/language/syntax/json#nested-block-mapping
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from hcl.bodies import COMMENT, labelled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from synthesis.manifest import Stack

_LABELS: Final = {"resource": 2, "data": 2, "ephemeral": 2, "variable": 1, "output": 1, "module": 1, "check": 1}


def canonical(stack: Stack) -> Stack:
    """The stack in that form.

    Raises:
        OutputError: Something that must be an object is not one.
    """
    document: dict[str, Any] = dict(stack.document)
    for kind, depth in _LABELS.items():
        if kind in document:
            document[kind] = _by_labels(document[kind], depth, f"{stack.id}: {kind}")
    if "terraform" in document:
        settings: dict[str, Any] = {}
        for _, body in labelled(document["terraform"], 0, f"{stack.id}: terraform"):
            settings.update({key: value for key, value in body.items() if key != COMMENT})
        if "backend" in settings:
            settings["backend"] = _by_labels(settings["backend"], 1, f"{stack.id}: backend")
        document["terraform"] = settings
    return replace(stack, document=document)


def _by_labels(value: Any, depth: int, place: str) -> Mapping[str, Any]:  # noqa: ANN401 - JSON is of any type
    found: dict[str, Any] = {}
    for labels, body in labelled(value, depth, place):
        level = found
        for label in labels[:-1]:
            level = level.setdefault(label, {})
        level[labels[-1]] = body
    return found
