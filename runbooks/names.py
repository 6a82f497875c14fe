"""What a template may ask of an environment: names, other arguments and outputs out of the synthesized JSON.

A place is written `layer/type/logical name`, such as `data/aws_db_instance/postgres`. The logical name is that of the
JSON without the eight digits at its end, and may have `*`; without it, the place is all resources of the type.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final

from modules.runbook import PAGE
from runbooks.errors import RunbookError
from synthesis.manifest import of_environment

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from synthesis.manifest import Stack
    from synthesis.template import Resource

_NAMED_BY: Final = {
    "aws_cloudwatch_composite_alarm": "alarm_name",
    "aws_cloudwatch_metric_alarm": "alarm_name",
    "aws_codedeploy_deployment_group": "deployment_group_name",
    "aws_db_instance": "identifier",
    "aws_docdb_cluster": "cluster_identifier",
    "aws_docdb_cluster_instance": "identifier",
    "aws_docdb_global_cluster": "global_cluster_identifier",
    "aws_ecs_task_definition": "family",
    "aws_lambda_function": "function_name",
    "aws_s3_bucket": "bucket",
}
"""The argument that names a resource, where it is not `name`."""
_HASH: Final = re.compile(r"_[0-9A-F]{8}$")
_WHOLE_REFERENCE: Final = re.compile(r"\$\{(?P<kind>aws_\w+)\.(?P<name>[\w-]+)\.(?P<argument>\w+)\}")
_SAME: Final = {"id": {"aws_s3_bucket": "bucket"}}
"""Attributes that have the value of an argument, by type."""
_LAYER, _KIND, _NAME = range(3)


class Names:
    """The names of one environment."""

    def __init__(self, environment: str, stacks: Mapping[str, Stack]) -> None:
        """Read the stacks of an environment.

        Raises:
            OutputError: It has none; the message lists the environments that have some.
        """
        self.env = environment
        self.stacks = of_environment(stacks, environment)
        state = next(stack for stack in self.stacks.values() if stack.layer == "state")
        self.project = state.project
        self.prefix = f"{state.project}-{environment}"
        self.region = state.region
        self.account = str(next(iter(state.providers[0].get("allowed_account_ids", ())), ""))
        self.protected = any(stack.is_protected for stack in self.stacks.values())
        self.second = next((s.region for s in self._of("recovery") if s.region != state.region), "")

    def has(self, place: str) -> bool:
        """Whether the environment has a resource at a place, or a layer, like `recovery`."""
        return bool(self._at(place)) if "/" in place else bool(self._of(place))

    def name(self, place: str) -> str:
        """The name of the one resource at a place, as AWS knows it.

        Raises:
            RunbookError: There is none, or more than one, or its name is known only after an apply.
        """
        stack, resource = self._one(place)
        return self._text(stack, resource, _NAMED_BY.get(resource.kind, "name"))

    def names(self, place: str) -> list[str]:
        """The names of all resources at a place, in alphabetical order; at least one."""
        found = self._at(place) or [self._one(place)]
        return sorted(self._text(stack, one, _NAMED_BY.get(one.kind, "name")) for stack, one in found)

    def places(self, place: str) -> list[str]:
        """The place of each resource at a place with `*`, in alphabetical order; may be empty."""
        layer = place.partition("/")[0]
        return sorted(f"{layer}/{one.kind}/{_HASH.sub('', one.name)}" for _, one in self._at(place))

    def value(self, place: str, *path: str) -> Any:  # noqa: ANN401 - JSON is of any type
        """An argument of the one resource at a place; a path of names leads into blocks.

        Raises:
            RunbookError: The resource or the argument is not there, or the value is known only after an apply.
        """
        stack, resource = self._one(place)
        *blocks, argument = path
        found = (resource.block(*blocks) if blocks else resource.arguments).get(argument)
        if found is None:
            message = f"{self.env}: {place} has no {'.'.join(path)}"
            raise RunbookError(message)
        return self._text(stack, resource, argument) if isinstance(found, str) and not blocks else found

    def output(self, layer: str, name: str) -> str:
        """An output that is known before an apply.

        Raises:
            RunbookError: The layer has no such output, or its value is known only after an apply.
        """
        for stack in self._of(layer):
            found = stack.document.get("output", {})
            if name in found:
                return self._resolved(stack, str(found[name].get("value")), f"the output {name} of {stack.id}")
        known = sorted(
            one
            for stack in self._of(layer)
            for one in stack.document.get("output", {})
            if not one.startswith("cross-stack-output-")
        )
        message = f"{self.env}: the layer {layer} has no output {name!r}; it has: {', '.join(known) or 'none'}"
        raise RunbookError(message)

    def alarms(self, anchors: Collection[str], about: Collection[str] = ("*",)) -> list[str]:
        """The names of the alarms whose description links one of these sections of docs/runbooks.md.

        Args:
            anchors: The anchors of the sections.
            about: Patterns; a name must match one of them.
        """
        found = {
            self._text(stack, one, "alarm_name")
            for stack in self.stacks.values()
            for one in stack.all("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm")
            if str(one.get("alarm_description")).rpartition(f"{PAGE}#")[2] in anchors
        }
        return sorted(name for name in found if any(fnmatchcase(name, pattern) for pattern in about))

    def receivers(self, severity: str) -> list[str]:
        """Who receives the messages of a severity (`critical`, `warning`, `info`), as the settings name them."""
        return sorted(
            {
                str(one.get("endpoint"))
                for stack in self._of("notifications")
                for one in stack.all("aws_sns_topic_subscription")
                if one.name.startswith(f"topics_{severity}_")
            }
        )

    def _of(self, layer: str) -> list[Stack]:
        """The stacks of a layer, or the one of that name; those that stand by only by their name."""
        return [
            stack
            for stack in self.stacks.values()
            if stack.name == layer or (stack.layer == layer and not stack.stands_by)
        ]

    def _at(self, place: str) -> list[tuple[Stack, Resource]]:
        parts = place.split("/")
        if len(parts) not in {2, 3} or not all(parts):
            message = f"{place!r} must be `layer/type` or `layer/type/logical name`, like data/aws_db_instance/postgres"
            raise RunbookError(message)
        pattern = parts[_NAME] if len(parts) > _NAME else "*"
        found = [
            (stack, one)
            for stack in self._of(parts[_LAYER])
            for one in stack.all(parts[_KIND])
            if fnmatchcase(_HASH.sub("", one.name), pattern) or one.name == pattern
        ]
        own = [(stack, one) for stack, one in found if stack.name == parts[_LAYER]]
        return own or found

    def _one(self, place: str) -> tuple[Stack, Resource]:
        found = self._at(place)
        if len(found) == 1:
            return found[0]
        layer, kind, *_ = place.split("/")
        if not self._of(layer):
            known = ", ".join(sorted({stack.layer for stack in self.stacks.values()}))
            message = f"{self.env} has no layer {layer!r} for {place}; it has: {known}"
        elif found:
            message = f"{self.env} has {len(found)} resources at {place}: {_listed(one for _, one in found)}; name one"
        else:
            known = _listed(one for stack in self._of(layer) for one in stack.all(kind))
            message = f"{self.env} has no resource at {place}; its {kind} in {layer} are: {known or 'none'}"
        raise RunbookError(message)

    def _text(self, stack: Stack, resource: Resource, argument: str) -> str:
        value = resource.get(argument)
        if not isinstance(value, str):
            message = f"{self.env}: {stack.layer}/{resource.kind}/{_HASH.sub('', resource.name)} has no {argument}"
            raise RunbookError(message)
        return self._resolved(stack, value, f"{argument} of {resource.address} in {stack.id}")

    def _resolved(self, stack: Stack, value: str, what: str) -> str:
        """A text without references: one to another argument of the same stack is followed."""
        match = _WHOLE_REFERENCE.fullmatch(value)
        if match:
            argument = _SAME.get(match["argument"], {}).get(match["kind"], match["argument"])
            for one in stack.all(match["kind"]):
                if one.name == match["name"] and isinstance(one.get(argument), str):
                    return self._resolved(stack, one.get(argument), what)
        if "${" in value.replace("$${", ""):
            message = f"{self.env}: {what} is known only after an apply; use a command that asks AWS for it"
            raise RunbookError(message)
        return value


def _listed(found: Iterator[Resource]) -> str:
    return ", ".join(sorted(_HASH.sub("", one.name) for one in found))
