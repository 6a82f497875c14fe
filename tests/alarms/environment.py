"""One environment of the synthesized JSON: its resources, and what the texts of its JSON mean."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from synthesis.manifest import Stack
    from synthesis.template import Resource

_EXPRESSION: Final = re.compile(r"\$\{([^{}]+)\}")
_ATTRIBUTE: Final = re.compile(r"(?P<address>aws_[a-z0-9_]+\.[\w-]+)(?:\[\d+\])?\.(?P<attribute>\w+)")
_OUTPUT: Final = re.compile(r"data\.terraform_remote_state\.(?P<remote>[\w-]+)\.outputs\.(?P<output>[\w-]+)")
_SAME: Final = {
    "aws_acm_certificate_validation.certificate_arn": "certificate_arn",
    "aws_docdb_cluster.id": "cluster_identifier",
    "aws_docdb_cluster_instance.id": "identifier",
    "aws_db_proxy.id": "name",
    "aws_route53_zone.id": "zone_id",
    "aws_s3_bucket.id": "bucket",
}
"""Attributes that are the same as an argument or another attribute."""


class Place:
    """A resource in its stack."""

    def __init__(self, stack: Stack, resource: Resource) -> None:
        self.stack, self.resource = stack, resource
        self.path: tuple[str, ...] = tuple(resource.arguments["//"]["metadata"]["path"].split("/")[1:])
        """Its path of constructs within the stack."""

    def __str__(self) -> str:
        return f"{self.stack.id}/{self.resource.address}"

    def get(self, argument: str) -> Any:
        return self.resource.get(argument)


class Environment:
    """The stacks of one environment."""

    def __init__(self, stacks: Iterable[Stack]) -> None:
        self.stacks = {stack.id: stack for stack in stacks}
        (self.name,) = {stack.environment for stack in self.stacks.values()}
        (self.project,) = {stack.project for stack in self.stacks.values()}
        self._places = {
            str(place): place for stack in self.stacks.values() for place in (Place(stack, r) for r in stack.all())
        }
        self._by_kind: dict[str, list[Place]] = {}
        for place in self._places.values():
            self._by_kind.setdefault(place.resource.kind, []).append(place)
        self.of = cache(self._of)
        """What a reference to an attribute of a resource means."""
        self._remotes = {stack.id: stack.producers(self.stacks) for stack in self.stacks.values()}

    @property
    def prefix(self) -> str:
        """The start of the names of its resources."""
        return f"{self.project}-{self.name}-"

    def all(self, kind: str) -> list[Place]:
        """The resources of a type."""
        return self._by_kind.get(kind, [])

    def _of(self, place: Place, attribute: str) -> str:
        return self.text(place.stack, f"${{{place.resource.address}.{attribute}}}")

    def text(self, stack: Stack, text: str) -> str:
        """A text of a stack in which each reference is what it means, so that the same means the same in all stacks.

        That is the value of an argument, where the attribute has one, and else the resource and the attribute:
        `prod-service/aws_lb.load-balancer.arn_suffix`.
        """
        return _EXPRESSION.sub(lambda match: self._meaning(stack, match[1].strip()), text)

    def _meaning(self, stack: Stack, expression: str) -> str:
        if match := _OUTPUT.fullmatch(expression):
            producer = self.stacks.get(self._remotes[stack.id].get(match["remote"], ""))
            outputs: Mapping[str, Any] = producer.document.get("output", {}) if producer else {}
            if producer and match["output"] in outputs:
                return self.text(producer, str(outputs[match["output"]]["value"]))
        if match := _ATTRIBUTE.fullmatch(expression):
            place = self._places.get(f"{stack.id}/{match['address']}")
            if place:
                kind = match["address"].partition(".")[0]
                argument = _SAME.get(f"{kind}.{match['attribute']}", match["attribute"])
                value = place.get(argument)
                return self.text(stack, value) if isinstance(value, str) else f"{place}.{argument}"
        return f"{stack.id}/{expression}"
