"""What a change does, from the JSON before and after it, and from what is known of the provider's arguments."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from review.changes import CHANGE, CREATE, DESTROY, REPLACE
from synthesis.manifest import of_environment, read_stacks
from tests.changes.effects import Effect

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from synthesis.manifest import Stack
    from tests.changes.arguments import Arguments

_META: Final = frozenset(
    {"//", "connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"}
)
_REFERENCE: Final = re.compile(r"\b(aws_\w+\.[\w-]+)\.(\w+)")
# Their ARNs are made of their names, so those that come in their place have the same: what other stacks read stays.
_NAMED: Final = frozenset(
    {"aws_ecs_service", "aws_lambda_function", "aws_cloudwatch_log_group", "aws_iam_role", "aws_sqs_queue"}
)
_OUTPUT: Final = re.compile(r"data\.terraform_remote_state\.[\w-]+\.outputs\.([\w-]+)")


@dataclass(frozen=True, order=True)
class Place:
    """A resource: its stack, and its address there."""

    layer: str
    address: str

    @property
    def type(self) -> str:
        """The type of the resource."""
        return self.address.partition(".")[0]


@dataclass(frozen=True)
class Platform:
    """The resources of one environment, and the values of the outputs that its stacks read of each other."""

    resources: Mapping[Place, Mapping[str, Any]]
    outputs: Mapping[str, tuple[str, str]]
    """The layer and the text of the value, by the name of an output: cdktf makes names that are not shared."""

    @classmethod
    def read(cls, folder: Path, environment: str) -> Platform:
        """What a synthesis wrote."""
        return cls.of(of_environment(read_stacks(folder), environment).values())

    @classmethod
    def of(cls, stacks: Iterable[Stack]) -> Platform:
        """The resources of these stacks."""
        resources, outputs = {}, {}
        for stack in stacks:
            for type_, named in stack.document.get("resource", {}).items():
                for name, arguments in named.items():
                    resources[Place(stack.name, f"{type_}.{name}")] = arguments
            for name, output in stack.document.get("output", {}).items():
                outputs[name] = (stack.name, str(output.get("value")))
        return cls(resources, outputs)

    def references(self, place: Place, value: object) -> Iterator[tuple[Place, str]]:
        """The resources that a value names, each with its attribute; those of other stacks too."""
        text = str(value)
        for address, attribute in _REFERENCE.findall(text):
            yield Place(place.layer, address), attribute
        for name in _OUTPUT.findall(text):
            layer, output = self.outputs.get(name, ("", ""))
            for address, attribute in _REFERENCE.findall(output):
                yield Place(layer, address), attribute


@dataclass(frozen=True)
class Progress:
    """What is known so far of an apply."""

    after: Platform
    changed: dict[Place, set[str]]
    """The arguments that change, of each resource that stays."""
    replaced: dict[Place, set[str]]
    """Those of them that force another resource."""
    new: frozenset[Place]

    def differs(self, place: Place, value: object, *, counts_new: bool = False) -> bool:
        """Whether a value names what is another one afterwards: an argument that changes, or what a new one gets."""
        for other, attribute in self.after.references(place, value):
            if (counts_new and other in self.new) or attribute in self.changed.get(other, ()):
                return True
            is_made_again = other in self.replaced and attribute not in self.after.resources[other]
            if is_made_again and (other.layer == place.layer or other.type not in _NAMED):
                return True
        return False


def effects_between(before: Platform, after: Platform, arguments: Arguments) -> set[Effect]:
    """The effects of an apply that leads from one to the other."""
    gone, new = before.resources.keys() - after.resources.keys(), after.resources.keys() - before.resources.keys()
    effects = {Effect(layer=place.layer, kind=DESTROY, type=place.type) for place in gone}
    effects |= {Effect(layer=place.layer, kind=CREATE, type=place.type) for place in new}
    stay = after.resources.keys() & before.resources.keys()
    changed = {place: _own(before.resources[place], after.resources[place]) for place in stay}
    replaced: dict[Place, set[str]] = {}
    while more := list(_further(Progress(after, changed, replaced, frozenset(new)), arguments)):
        for place, names, forces in more:
            changed[place] |= names
            if forces:
                replaced.setdefault(place, set()).update(forces)
    for place, names in changed.items():
        if place in replaced:
            because = ", ".join(sorted(replaced[place]))
            effects.add(Effect(layer=place.layer, kind=REPLACE, type=place.type, because=because))
        elif names:
            effects.add(Effect(layer=place.layer, kind=CHANGE, type=place.type, because=", ".join(sorted(names))))
    return effects


def _own(before: Mapping[str, Any], after: Mapping[str, Any]) -> set[str]:
    """The arguments that differ and that Terraform compares."""
    ignored = {
        name.partition("[")[0].partition(".")[0] for name in after.get("lifecycle", {}).get("ignore_changes", ())
    }
    names = (before.keys() | after.keys()) - _META - ignored
    return {name for name in names if before.get(name) != after.get(name)}


def _further(progress: Progress, arguments: Arguments) -> Iterator[tuple[Place, set[str], set[str]]]:
    """What is not known so far, and follows from what is."""
    for place, names in progress.changed.items():
        content = progress.after.resources[place]
        lifecycle = content.get("lifecycle", {})
        ignored = set(lifecycle.get("ignore_changes", ()))
        following = {
            name
            for name, value in content.items()
            if name not in _META | ignored | names and progress.differs(place, value)
        }
        forces = {name for name in names | following if arguments.replaces(place.type, name)}
        for trigger in lifecycle.get("replace_triggered_by", ()):
            if progress.differs(place, f"{trigger}.id" if trigger.count(".") == 1 else trigger, counts_new=True):
                forces.add("replace_triggered_by")
        if following or forces - progress.replaced.get(place, set()):
            yield place, following, forces
