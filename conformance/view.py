"""How a check looks at an environment: every look is recorded, and fails in words if it finds too little."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from conformance.evidence import Absence, Evidence, Group, NotMet, Place, Reading
from conformance.expect import Expectation
from conformance.paths import Path, Step, read, text_of
from synthesis.template import references, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synthesis.manifest import Stack

TERRAFORM: Final = "terraform"
"""The kind of the place that stands for the block of this name."""

_STORES: Final = frozenset({"aws_secretsmanager_secret_version", "aws_ssm_parameter"})
"""Types whose value is a secret."""

_ADDRESS: Final = re.compile(r"(?P<kind>(?:aws_|terraform_data)[a-z0-9_]*)\.(?P<name>[\w-]+)")

Where = Mapping[Any, Expectation]
"""By the name (`str`) or the path (`Path`) of an argument: what it must be."""


@dataclass(frozen=True, eq=False)
class Seen:
    """A resource that a check has found."""

    view: View
    place: Place
    arguments: Mapping[str, Any] = field(repr=False)

    def require(self, *steps_and_expectation: Step | Expectation) -> Any:  # noqa: ANN401 - JSON is of any type
        """The value at a path, which must be as expected.

        Args:
            steps_and_expectation: The steps of the path, then the expectation.
        """
        *steps, expectation = steps_and_expectation
        if not isinstance(expectation, Expectation):
            message = f"the last argument must be an expectation, not {expectation!r}"
            raise TypeError(message)
        path = tuple(step for step in steps if not isinstance(step, Expectation))
        value = read(self.arguments, path)
        if not expectation.holds(value):
            found = "(sensitive)" if self._is_secret(path) else repr(str(value)[:80])
            message = f"{self.place}: {text_of(path)} {expectation.text}, not {found}"
            raise NotMet(message)
        self.view.evidence.readings.append(Reading(self.place, path))
        return value

    def _is_secret(self, path: Path) -> bool:
        """Whether a value may be one that no message shows."""
        name = str(path[-1])
        return "password" in name or (self.place.kind in _STORES and name.startswith(("secret", "value")))

    def follow(self, *steps: Step, to: str, count: int = 1) -> list[Seen]:
        """The resources of a type that an argument refers to, also in other stacks; at least `count`."""
        value = read(self.arguments, steps)
        found = [one for one in self.view.referred(self.place.stack, value) if one.place.kind == to]
        if len(found) < count:
            message = f"{self.place}: {text_of(steps)} must refer to {count} {to}, not {len(found)}"
            raise NotMet(message)
        self.view.evidence.readings.append(Reading(self.place, steps))
        self.view.note(found, needed=count)
        return found

    def follow_one(self, *steps: Step, to: str) -> Seen:
        """The only resource of a type that an argument refers to."""
        found = self.follow(*steps, to=to)
        if len(found) != 1:
            message = f"{self.place}: {text_of(steps)} must refer to one {to}, not {len(found)}"
            raise NotMet(message)
        return found[0]

    def has(self, where: Where) -> bool:
        """Whether it is as expected; records nothing."""
        return all(expected.holds(read(self.arguments, _path(path))) for path, expected in where.items())

    @property
    def reference(self) -> str:
        """The start of every reference to it in its own stack."""
        return f"{self.place.kind}.{self.place.name}."


@dataclass(eq=False)
class View:
    """One environment of the synthesized output, and what a check has read of it so far."""

    stacks: Mapping[str, Stack]
    """Of all environments, by id."""
    environment: str
    evidence: Evidence = field(default_factory=Evidence)

    def __post_init__(self) -> None:
        """Read once what each look needs: a stack reads its own metadata each time."""
        ordered = sorted(self.stacks.values(), key=lambda stack: stack.id)
        self._own = [stack for stack in ordered if stack.environment == self.environment]
        self._layers = [
            (stack.id, {"", stack.layer, stack.name}, stack.document.get("resource", {}))
            for stack in self._own
            if not stack.stands_by
        ]
        self._producers: dict[str, dict[str, str]] = {}

    def has(self, kind: str) -> bool:
        """Whether there is a resource of a type; records nothing."""
        return any(resources.get(kind) for _, _, resources in self._layers)

    def of(self, environment: str) -> View:
        """Another environment, recorded together with this one."""
        return View(self.stacks, environment, self.evidence)

    def some(self, kind: str, where: Where | None = None, *, layer: str = "", count: int = 1) -> list[Seen]:
        """The resources of a type, `count` at least; those that stand by in a second region do not count."""
        found = [one for one in self._all(kind, layer) if one.has(where or {})]
        if len(found) < count:
            raise NotMet(self._missing(kind, where or {}, layer, wanted=f"at least {count}", found=len(found)))
        self.note(found, needed=count, where=where)
        return found

    def every(self, kind: str, *, layer: str = "") -> list[Seen]:
        """All resources of a type, one at least."""
        found = self.some(kind, layer=layer)
        group = self.evidence.groups.pop()
        self.evidence.groups.append(replace(group, are_all=True))
        return found

    def exactly(self, count: int, kind: str, where: Where | None = None, *, layer: str = "") -> list[Seen]:
        """The resources of a type, which must be so many."""
        found = [one for one in self._all(kind, layer) if one.has(where or {})]
        if len(found) != count:
            raise NotMet(self._missing(kind, where or {}, layer, wanted=str(count), found=len(found)))
        self.note(found, needed=count, where=where)
        return found

    def one(self, kind: str, where: Where | None = None, *, layer: str = "") -> Seen:
        """The only resource of a type."""
        (found,) = self.exactly(1, kind, where, layer=layer)
        return found

    def none(self, kind: str, where: Where | None = None, *, layer: str) -> None:
        """No resource of a type, or of all types that start with `kind` if that ends with `_`, in any layer.

        Args:
            kind: The type, or the start of types.
            where: Which ones; names of arguments only.
            layer: The layer in which one would be.
        """
        types = {name for _, _, resources in self._layers for name in resources if name.startswith(kind)}
        for name in sorted(types if kind.endswith("_") else types & {kind}):
            for one in self._all(name, ""):
                if one.has(where or {}):
                    message = f"{one.place} must not exist"
                    raise NotMet(message)
        arguments = {str(path): expected.sample for path, expected in (where or {}).items()}
        home = next((id_ for id_, names, _ in self._layers if layer in names), "")
        if not home:
            message = f"{self.environment} has no stack {layer}"
            raise NotMet(message)
        self.evidence.absences.append(Absence(home, f"{kind}thing" if kind.endswith("_") else kind, arguments))

    def blocks(self) -> list[Seen]:
        """The block `terraform` of every stack."""
        found = [
            Seen(self, Place(stack.id, TERRAFORM, stack.name), stack.document.get(TERRAFORM, {})) for stack in self._own
        ]
        self.evidence.groups.append(Group(tuple(one.place for one in found), 0, are_all=True))
        return found

    def referred(self, stack: str, value: object) -> Iterator[Seen]:
        """Each resource that a value of a stack refers to, once."""
        if stack not in self._producers:
            self._producers[stack] = self.stacks[stack].producers(self.stacks)
        producers = self._producers[stack]
        done: set[Place] = set()
        for _, text in texts(value):
            for match in references(text):
                if match["remote"]:
                    home = producers.get(match["remote"], "")
                    if not home:
                        continue
                    output = self.stacks[home].document.get("output", {}).get(match["output"], {}).get("value", "")
                    targets = [(home, found) for found in _ADDRESS.finditer(str(output))]
                else:
                    targets = [(stack, found) for found in _ADDRESS.finditer(match["address"])]
                for home, found in targets:
                    place = Place(home, found["kind"], found["name"])
                    arguments = self.stacks[home].document.get("resource", {}).get(place.kind, {}).get(place.name)
                    if arguments is not None and place not in done:
                        done.add(place)
                        yield Seen(self, place, arguments)

    def refers_to(self, target: Seen) -> Expectation:
        """A value of any stack that refers to a resource."""
        reference = target.reference

        def holds(value: object) -> bool:
            return any(
                reference in part or (".outputs." in part and any(name in part for name in self._outputs(target)))
                for _, part in texts(value)
                if "${" in part
            )

        return Expectation(f"must refer to {target.place}", holds, f"${{{reference}id}}")

    def note(self, found: list[Seen], *, needed: int, where: Where | None = None) -> None:
        """Record resources that a clause needs."""
        places = tuple(one.place for one in found)
        self.evidence.groups.append(Group(places, needed, tuple(map(_path, where or {}))))

    def _outputs(self, target: Seen) -> list[str]:
        """How other stacks refer to a resource: by the outputs of its stack that have an attribute of it."""
        outputs: Mapping[str, Any] = self.stacks[target.place.stack].document.get("output", {})
        return [f".outputs.{name}}}" for name, one in outputs.items() if target.reference in str(one.get("value"))]

    def _all(self, kind: str, layer: str) -> Iterator[Seen]:
        for id_, names, resources in self._layers:
            if layer in names:
                for name, arguments in resources.get(kind, {}).items():
                    yield Seen(self, Place(id_, kind, name), arguments)

    def _missing(self, kind: str, where: Where, layer: str, *, wanted: str, found: int) -> str:
        words = ", ".join(f"{text_of(_path(path))} {expected.text}" for path, expected in where.items())
        place = f"{self.environment}-{layer}" if layer else self.environment
        return f"{place}: {wanted} {kind}{f' ({words})' if words else ''}, not {found}"


def _path(path: str | Path) -> Path:
    return (path,) if isinstance(path, str) else path
