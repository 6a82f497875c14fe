"""References in the strings of a stack's JSON, changed to what they are called in a graph of several stacks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from hcl import values
from hcl.names import LOCAL, MODULE, OUTPUT, VARIABLE
from hcl.schema import DATA, EPHEMERAL, RESOURCE
from hcl.templates import Part, TemplateError, joined, parse, rewrite, unparse
from synthesis.manifest import OutputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hcl.names import Names
    from synthesis.manifest import Stack

REMOTE_STATE: Final = "terraform_remote_state"
_NAME: Final = r"[A-Za-z_][\w-]*"
_TOKEN: Final = re.compile(rf"\d[\w.]*|\.\s*{_NAME}|{_NAME}(?:\s*\.\s*{_NAME})*")
"""A number, an attribute of what is before it, or a reference from its root on."""

_SIMPLE: Final = re.compile(rf"{_NAME}(?:\.[\w-]+|\[[^\[\]]*\])*|\"[^\"$%]*\"|-?[\d.]+")


class References:
    """Renames references, and puts what an output of another stack stands for in its place."""

    def __init__(self, stacks: Mapping[str, Stack], names: Names) -> None:
        """`stacks` are all stacks of the graph by id."""
        self._stacks = stacks
        self._names = names
        self._producers = {id_: stack.producers(stacks) for id_, stack in stacks.items()}
        self._resolving: list[tuple[str, str]] = []
        self.read: set[tuple[str, str]] = set()
        """Stack and name of each output that was replaced by what it stands for."""
        self.unresolved: set[tuple[str, str]] = set()
        """Stack and name of each remote state that is still referred to."""

    def rewritten(self, stack: str, value: Any) -> Any:  # noqa: ANN401 - JSON is of any type
        """A value of a stack with all its templates changed; keys of objects are templates as well."""
        if isinstance(value, str):
            try:
                return self._template(stack, value)
            except TemplateError as error:
                raise _invalid(stack, error) from error
        if isinstance(value, list):
            return [self.rewritten(stack, item) for item in value]
        if isinstance(value, dict):
            return {self.rewritten(stack, key): self.rewritten(stack, item) for key, item in value.items()}
        return value

    def reference(self, stack: str, text: str) -> str:
        """A reference that is not in a template, such as one of `depends_on`."""
        try:
            return rewrite(values.reference(text), lambda code: self._code(stack, code))
        except TemplateError as error:
            raise _invalid(stack, error) from error

    def _template(self, stack: str, template: str) -> str:
        if "${" not in template and "%{" not in template:
            return template
        parts: list[Part] = []
        for part in parse(template):
            if not part.marker:
                parts.append(part)
                continue
            value = self._output(stack, part.text.strip().split("."))
            if isinstance(value, str):  # a text in a text, not `${"text"}`
                parts += parse(value)
            else:
                parts.append(Part(rewrite(part.text, lambda code: self._code(stack, code)), part.marker))
        return unparse(joined(parts))

    def _code(self, stack: str, code: str) -> str:
        return _TOKEN.sub(lambda found: self._traversal(stack, found[0]), code)

    def _traversal(self, stack: str, text: str) -> str:
        parts = [part.strip() for part in text.split(".")]
        value = self._output(stack, parts[:5])
        if value is not None:
            expression = values.expression(value)
            simple = _SIMPLE.fullmatch(expression)
            return ".".join([expression if simple else f"({expression})", *parts[5:]])
        labels = {DATA: 3, EPHEMERAL: 3, LOCAL: 2, VARIABLE: 2, MODULE: 2}.get(parts[0])
        key = tuple(parts[:labels]) if labels else (RESOURCE, *parts[:2])
        end = labels or 2
        if len(parts) < end or not self._names.has(stack, key):
            return text
        if key[:2] == (DATA, REMOTE_STATE):
            self.unresolved.add((stack, key[2]))
        return ".".join([*parts[: end - 1], self._names.of(stack, key), *parts[end:]])

    def _output(self, stack: str, parts: list[str]) -> Any:  # noqa: ANN401 - JSON is of any type
        """The value of an output of another stack; None if it is not one, or not one of these stacks."""
        if len(parts) != 5 or parts[:2] != [DATA, REMOTE_STATE] or parts[3] != "outputs":  # noqa: PLR2004
            return None
        producer = self._producers[stack].get(parts[2])
        if producer is None or not self._names.has(producer, (OUTPUT, parts[4])):
            return None
        output = self._stacks[producer].document["output"][parts[4]]
        self.read.add((producer, parts[4]))
        if (producer, parts[4]) in self._resolving:
            message = f"The output {parts[4]} of {producer} refers to itself."
            raise OutputError(message)
        self._resolving.append((producer, parts[4]))
        try:
            return self.rewritten(producer, output.get("value"))
        finally:
            self._resolving.pop()


def _invalid(stack: str, error: TemplateError) -> OutputError:
    return OutputError(
        f"{stack}: {error}.", "Correct it: each `${` needs its `}`, and a text `${` is written as `$${`."
    )
