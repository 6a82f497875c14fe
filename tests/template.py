"""The one way tests look at what was synthesized: every miss raises, and says what there is instead.

`cdktf.Testing` returns a bool that is easily left without an assert, and shows references to other stacks unresolved.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cdktf import App, TerraformStack, Testing

from modules.label import Label

if TYPE_CHECKING:
    from pathlib import Path

Resource = dict[str, Any]

LABEL = Label(
    project="user-management",
    environment="test",
    layer="unit",
    account_id="444444444444",
    region="us-east-1",
    home_region="us-east-1",
    owner="platform",
    cost_center="user-management",
)


def new_app() -> App:
    """An app for a test that needs more than one stack."""
    return Testing.app(context={"excludeStackIdFromLogicalIds": "true", "allowSepCharsInLogicalIds": "true"})


def new_stack(name: str = "test-unit") -> TerraformStack:
    """An empty stack in an app of its own, for a test of one construct."""
    return TerraformStack(new_app(), name)


@dataclass(frozen=True)
class Template:
    """A stack's JSON."""

    document: dict[str, Any]

    @staticmethod
    def of(stack: TerraformStack) -> Template:
        """Synthesize a stack of a test."""
        stack.prepare_stack()  # without it, references to other stacks stay unresolved
        return Template(json.loads(Testing.synth(stack)))

    @staticmethod
    def read(path: Path) -> Template:
        """A stack that was written."""
        return Template(json.loads(path.read_text(encoding="utf-8")))

    @property
    def addresses(self) -> list[str]:
        """`type.name` of every resource, sorted; what Terraform keys its state by."""
        return sorted(f"{kind}.{name}" for kind, named in self._resources().items() for name in named)

    def all(self, kind: str) -> dict[str, Resource]:
        """Resources of a type by name; none is an answer."""
        return self._resources().get(kind, {})

    def only(self, kind: str, /, **properties: object) -> Resource:
        """The one resource of a type that has these properties."""
        found = [r for r in self.all(kind).values() if all(r.get(k) == v for k, v in properties.items())]
        if len(found) != 1:
            wanted = ", ".join(f"{key}={value!r}" for key, value in properties.items())
            there = json.dumps(self.all(kind), indent=1) if kind in self._resources() else self.addresses
            message = f"{len(found)} resources {kind}({wanted}), wanted one; there is: {there}"
            raise AssertionError(message)
        return found[0]

    def named(self, address: str) -> Resource:
        """The resource of an address (`aws_vpc.vpc`); the hash at the end of a nested name may be left out."""
        kind, _, name = address.partition(".")
        found = [r for n, r in self.all(kind).items() if n == name or n.rpartition("_")[0] == name]
        if len(found) != 1:
            message = f"{len(found)} resources at {address}, wanted one; there is: {self.addresses}"
            raise AssertionError(message)
        return found[0]

    @property
    def metadata(self) -> dict[str, Any]:
        """What the stack says of itself."""
        found: dict[str, Any] = self.document["//"]["metadata"]
        return found

    def output(self, name: str) -> object:
        """Value of an output."""
        outputs: dict[str, Any] = self.document.get("output", {})
        if name not in outputs:
            message = f"no output {name}; there is: {sorted(outputs)}"
            raise AssertionError(message)
        return outputs[name]["value"]

    def _resources(self) -> dict[str, dict[str, Resource]]:
        resources: dict[str, dict[str, Resource]] = self.document.get("resource", {})
        return resources


def statements(policy: str) -> list[dict[str, Any]]:
    """Statements of a rendered IAM policy."""
    found: list[dict[str, Any]] = json.loads(policy)["Statement"]
    return found
