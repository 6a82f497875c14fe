"""What references in the policies of a stack mean, as far as it is known before a plan."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from compliance.expressions import Path, UnreadableError, render
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthesis.manifest import Stack

_POLICY: Final = re.compile(r"policy|policies|json|content")
_JSON: Final = (["json"], ["minified_json"])
_DATA, _DOCUMENT = "data", "aws_iam_policy_document"
_DEEPEST: Final = 12
"""References of references; a longer chain is a cycle."""
_LISTS: Final = {
    "actions": "Action",
    "not_actions": "NotAction",
    "not_resources": "NotResource",
    "resources": "Resource",
}


class PolicyScope:
    """The names of a stack: its locals, variables, data sources, resources, and the outputs of other stacks."""

    def __init__(self, stack: Stack, stacks: Mapping[str, Stack], depth: int = 0) -> None:
        self._stack, self._stacks, self._depth = stack, stacks, depth
        self._producers: dict[str, str] | None = None

    def value(self, path: Path) -> Any:  # noqa: ANN401 - JSON is of any type
        """The value of a reference.

        Raises:
            UnreadableError: It is not known before a plan.
        """
        if self._depth > _DEEPEST:
            raise UnreadableError
        match path:
            case ["local", str(name), *rest]:
                return self._inside(self._declared("locals", name), rest)
            case ["var", str(name), *rest]:
                return self._inside(self._declared("variable", name, "default"), rest)
            case ["data", "aws_iam_policy_document", str(name), *rest] if rest[-1:] in _JSON:
                return json.dumps(self._written(self._declared(_DATA, _DOCUMENT, name)))
            case ["data", "terraform_remote_state", str(name), "outputs", str(output), *rest]:
                return self._of_another(name, output, rest)
            case [str(kind), str(name), *_, str(attribute)] if "_" in kind and _POLICY.search(attribute):
                return self._inside(self._declared("resource", kind, name, attribute), [])
        raise UnreadableError

    def text_of(self, file: str) -> str:
        """The content of a file in the folder of the stack.

        Raises:
            UnreadableError: There is no such file, or it is elsewhere.
        """
        folder = self._stack.folder.resolve()
        path = (folder / re.sub(r"^\$\{path\.(module|root|cwd)\}/", "", file)).resolve()
        try:
            if not path.is_relative_to(folder):
                raise UnreadableError
            return path.read_text(encoding="utf-8")
        except (OSError, ValueError):
            raise UnreadableError from None

    def rendered(self, value: object) -> Any:  # noqa: ANN401 - JSON is of any type
        """A part of a policy with the values of its expressions, which stay where they are not known."""
        if isinstance(value, str):
            return render(value, self._deeper()) if "${" in value else value
        if isinstance(value, dict):
            return {str(self.rendered(key)): self.rendered(item) for key, item in value.items()}
        if isinstance(value, list):
            # A list in a list is not valid in a policy: it comes from an expression that is a list itself.
            return [inner for item in value for inner in self._spread(item)]
        return value

    def _spread(self, item: object) -> list[Any]:
        found = self.rendered(item)
        return found if isinstance(found, list) and isinstance(item, str) else [found]

    def _deeper(self) -> PolicyScope:
        return PolicyScope(self._stack, self._stacks, self._depth + 1)

    def _declared(self, *names: str) -> Any:  # noqa: ANN401 - JSON is of any type
        value: Any = self._stack.document
        for name in names:
            value = next(iter(blocks(value)), {}).get(name)
        if value is None:
            raise UnreadableError
        return value

    def _inside(self, value: object, path: Path) -> Any:  # noqa: ANN401 - JSON is of any type
        found: Any = self._deeper().rendered(value)
        for name in path:
            try:
                found = json.loads(found) if isinstance(found, str) else found
                found = found[name]
            except (LookupError, TypeError, ValueError):
                raise UnreadableError from None
        return found

    def _of_another(self, name: str, output: str, path: Path) -> Any:  # noqa: ANN401 - JSON is of any type
        if self._producers is None:
            self._producers = self._stack.producers(self._stacks)
        producer = self._stacks.get(self._producers.get(name, ""))
        if producer is None:
            raise UnreadableError
        scope = PolicyScope(producer, self._stacks, self._depth + 1)
        found = scope._inside(scope._declared("output", output, "value"), path)
        if any("${" in text for text in _texts(found)) and not _is_policy(found):
            raise UnreadableError  # an address there is not one here
        return found

    def _written(self, source: Mapping[str, Any]) -> dict[str, Any]:
        """The policy that a data source writes.

        https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/data-sources/iam_policy_document
        """
        source = next(iter(blocks(source)), {})
        found: list[Any] = []
        for argument in ("source_json", "source_policy_documents"):
            found += self._merged(source.get(argument))
        found += [self._statement(block) for block in blocks(source.get("statement"))]
        if source.get("dynamic"):
            found.append("${each.value}")
        for argument in ("override_json", "override_policy_documents"):
            for one in self._merged(source.get(argument)):
                sid = one.get("Sid") if isinstance(one, dict) else None
                found = [other for other in found if not (sid and isinstance(other, dict) and other.get("Sid") == sid)]
                found.append(one)
        return {"Version": "2012-10-17", "Statement": found}

    def _merged(self, value: object) -> Iterator[Any]:
        found = self.rendered(value)
        for text in found if isinstance(found, list) else [found]:
            if text is None:
                continue
            try:
                document = json.loads(text)
                inner = next(item for name, item in document.items() if str(name).lower() == "statement")
            except (AttributeError, StopIteration, TypeError, ValueError, RecursionError):
                yield text
                continue
            yield from inner if isinstance(inner, list) else [inner]

    def _statement(self, block: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {"Effect": block.get("effect") or "Allow"}
        if block.get("sid"):
            found["Sid"] = block["sid"]
        for argument, element in _LISTS.items():
            if block.get(argument):
                found[element] = block[argument]
        for argument, element in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
            named: dict[str, list[Any]] = {}
            for one in blocks(block.get(argument)):
                identifiers = one.get("identifiers")
                items = identifiers if isinstance(identifiers, list) else [identifiers]
                named.setdefault(str(one.get("type")), []).extend(items)
            if named:
                found[element] = named
        conditions: dict[str, dict[str, list[Any]]] = {}
        for one in blocks(block.get("condition")):
            values = one.get("values")
            tests = conditions.setdefault(str(one.get("test")), {})
            tests.setdefault(str(one.get("variable")), []).extend(values if isinstance(values, list) else [values])
        if conditions:
            found["Condition"] = conditions
        rendered: dict[str, Any] = self.rendered(_with_variables(found))
        return rendered


def _with_variables(value: object) -> Any:  # noqa: ANN401 - JSON is of any type
    """The data source writes IAM's own variables as `&{...}`, since `${...}` is Terraform's."""
    if isinstance(value, str):
        return value.replace("&{", "$${")
    if isinstance(value, dict):
        return {key: _with_variables(item) for key, item in value.items()}
    return [_with_variables(item) for item in value] if isinstance(value, list) else value


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)


def _is_policy(value: object) -> bool:
    return any("tatement" in text for text in _texts(value)) or (isinstance(value, dict) and "Statement" in value)
