"""All stacks of an environment as one graph, in Terraform JSON, for scanners: they follow references inside a folder.

A reference to an output of another stack becomes what the output stands for. There is no backend, and no `moved`,
`import` or `removed`: the graph has no state.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from hcl import names as kinds
from hcl.blocks import MANAGED, address
from hcl.bodies import labelled, without_comment
from hcl.canonical import canonical
from hcl.names import unique_names
from hcl.providers import local_name, required
from hcl.references import REMOTE_STATE, References
from hcl.schema import DATA
from hcl.values import reference
from synthesis.manifest import OutputError
from synthesis.stack_order import in_order

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthesis.manifest import Stack

    Document = dict[str, Any]

_REFERENCES: Final = ("depends_on",)
_DEFAULT: Final = ""
"""The alias of a provider's configuration without one."""


@dataclass(frozen=True)
class Origin:
    """Where a resource of the graph comes from."""

    stack: str
    """Id of its stack."""
    address: str
    """Its address there."""


@dataclass(frozen=True)
class Merged:
    """The graph."""

    common: Document
    """Terraform's settings, providers, variables, local values and outputs."""
    stacks: Mapping[str, Document]
    """Everything else, by the name of the stack that it comes from."""
    addresses: Mapping[str, Origin] = field(repr=False)
    """For the address of each resource, data source and ephemeral resource of the graph, where it comes from."""


def merge(stacks: Mapping[str, Stack]) -> Merged:
    """Merge stacks, which are all of one environment.

    Raises:
        OutputError: They use one local name for two providers, or something in them is not valid.
    """
    return _Graph({stack.id: canonical(stack) for stack in in_order(stacks)}).merged()


class _Graph:
    def __init__(self, stacks: Mapping[str, Stack]) -> None:
        self._stacks = stacks
        self._names = unique_names(stacks)
        self._references = References(stacks, self._names)
        self._aliases = self._provider_aliases()
        self._addresses: dict[str, Origin] = {}

    def merged(self) -> Merged:
        documents = {stack.name: self._own(id_) for id_, stack in self._stacks.items()}
        common: Document = {"terraform": self._terraform(), "provider": self._providers}
        common["variable"] = self._all("variable", kinds.VARIABLE)
        common["locals"] = self._locals()
        common["output"] = self._all("output", kinds.OUTPUT)
        self._drop_remote_states(documents)
        return Merged({kind: value for kind, value in common.items() if value}, documents, self._addresses)

    def _own(self, id_: str) -> Document:
        document = self._stacks[id_].document
        own: Document = {}
        for kind in MANAGED:
            for (type_, name), body in labelled(document.get(kind), 2, kind):
                renamed = self._names.of(id_, (kind, type_, name))
                own.setdefault(kind, {}).setdefault(type_, {})[renamed] = self._managed(id_, type_, body)
                origin = Origin(id_, address(kind, type_, name))
                self._addresses[address(kind, type_, renamed)] = origin
        for (name,), body in labelled(document.get("module"), 1, "module"):
            call = self._rewritten(id_, body)
            call["providers"] = self._passed_providers(id_, body)
            own.setdefault("module", {})[self._names.of(id_, (kinds.MODULE, name))] = call
        for (name,), body in labelled(document.get("check"), 1, "check"):
            call = {key: value for key, value in body.items() if key != DATA}
            checked = {
                type_: {name: self._managed(id_, type_, each)}
                for (type_, name), each in labelled(body.get(DATA), 2, "check")
            }
            content = self._rewritten(id_, call) | ({DATA: checked} if checked else {})
            own.setdefault("check", {})[self._names.of(id_, (kinds.CHECK, name))] = content
        return own

    def _managed(self, id_: str, type_: str, body: Mapping[str, Any]) -> Document:
        content = self._rewritten(id_, body)
        content.pop("provider", None)
        local = local_name(type_, body)
        alias = reference(body.get("provider") or "").partition(".")[2]
        new = self._aliases.get((id_, local, alias), alias)
        if new or body.get("provider"):
            content["provider"] = f"{local}.{new}" if new else local
        return content

    def _rewritten(self, id_: str, body: Mapping[str, Any]) -> Document:
        content: Document = {}
        for name, value in without_comment(body, id_).items():
            if name in _REFERENCES:
                content[name] = self._referred(id_, value)
            elif name == "lifecycle":
                content[name] = [self._lifecycle(id_, each) for _, each in labelled(value, 0, f"{id_}.{name}")]
            else:
                content[name] = self._references.rewritten(id_, value)
        return content

    def _referred(self, id_: str, value: Any) -> list[str]:  # noqa: ANN401 - JSON is of any type
        return [self._references.reference(id_, item) for item in (value if isinstance(value, list) else [value])]

    def _lifecycle(self, id_: str, body: Mapping[str, Any]) -> Document:
        triggers = "replace_triggered_by"
        rest = {name: value for name, value in body.items() if name not in {"ignore_changes", triggers}}
        kept = {"ignore_changes": body["ignore_changes"]} if "ignore_changes" in body else {}
        content: Document = {**self._references.rewritten(id_, rest), **kept}
        if triggers in body:
            content[triggers] = self._referred(id_, body[triggers])
        return content

    def _all(self, block: str, kind: str) -> Document:
        """The variables or outputs; an output that other stacks read stands where it is read."""
        found: Document = {}
        for id_, stack in self._stacks.items():
            for (name,), body in labelled(stack.document.get(block), 1, block):
                if kind == kinds.OUTPUT and (id_, name) in self._references.read:
                    continue
                fixed = {key: body[key] for key in ("description", "default", "type") if key in body}
                rest = {key: value for key, value in body.items() if key not in fixed}
                found[self._names.of(id_, (kind, name))] = {**self._rewritten(id_, rest), **fixed}
        return found

    def _locals(self) -> Document:
        return {
            self._names.of(id_, (kinds.LOCAL, name)): self._references.rewritten(id_, value)
            for id_, stack in self._stacks.items()
            for _, body in labelled(stack.document.get("locals"), 0, "locals")
            for name, value in without_comment(body, id_).items()
        }

    def _drop_remote_states(self, documents: Mapping[str, Document]) -> None:
        """Without those of which nothing is read any more."""
        for id_, stack in self._stacks.items():
            document = documents[stack.name]
            states = document.get(DATA, {}).get(REMOTE_STATE, {})
            for name in stack.producers(self._stacks):
                if (id_, name) not in self._references.unresolved:
                    renamed = self._names.of(id_, (DATA, REMOTE_STATE, name))
                    del states[renamed]
                    del self._addresses[address(DATA, REMOTE_STATE, renamed)]
            if not states:
                document.get(DATA, {}).pop(REMOTE_STATE, None)
            if not document.get(DATA):
                document.pop(DATA, None)

    def _terraform(self) -> Document:
        versions: dict[str, None] = {}
        providers: dict[str, tuple[str, dict[str, None]]] = {}
        for id_, stack in self._stacks.items():
            versions[str(stack.terraform.get("required_version", ""))] = None
            for name, (source, version) in required(stack.document).items():
                known, constraints = providers.setdefault(name, (source, {}))
                constraints[version] = None
                if known != source:
                    message = f"{id_} calls {source} {name!r}, and another stack calls {known} so."
                    raise OutputError(message, "Use one local name for each provider in required_providers.")
        settings: Document = {"required_version": _joined(versions)} if any(versions) else {}
        settings["required_providers"] = {
            name: {"source": source, **({"version": _joined(constraints)} if any(constraints) else {})}
            for name, (source, constraints) in providers.items()
        }
        return settings

    def _configurations(self) -> Iterator[tuple[str, str, str, Document]]:
        """Stack, local name, alias and settings of each configuration of a provider."""
        for id_, stack in self._stacks.items():
            for (name,), body in labelled(stack.document.get("provider"), 1, "provider"):
                content = self._rewritten(id_, {key: value for key, value in body.items() if key != "alias"})
                yield id_, name, str(body.get("alias") or _DEFAULT), content

    def _provider_aliases(self) -> dict[tuple[str, str, str], str]:
        """The new alias of each configuration; stacks with equal settings share one."""
        self._providers: dict[str, list[Document]] = {}
        found = list(self._configurations())
        aliases: dict[tuple[str, str], str] = {}
        taken: set[tuple[str, str]] = set()
        result = {}
        for id_, local, alias, content in found:
            settings = json.dumps(content, sort_keys=True)
            if (local, settings) not in aliases:
                stack = self._stacks[id_].name
                new = f"{stack}-{alias}" if alias else stack
                if len({json.dumps(other, sort_keys=True) for _, name, _, other in found if name == local}) == 1:
                    new = _DEFAULT
                while (local, new) in taken:
                    new += "_"
                taken.add((local, new))
                aliases[local, settings] = new
                self._providers.setdefault(local, []).append({**({"alias": new} if new else {}), **content})
            result[id_, local, alias] = aliases[local, settings]
        return result

    def _passed_providers(self, id_: str, body: Mapping[str, Any]) -> Document:
        """The providers of a call of a module: those that it names, and the stack's own, which have an alias now."""
        given = {name: reference(value) for name, value in body.get("providers", {}).items()}
        own = {local: local for (stack, local, alias) in self._aliases if stack == id_ and alias == _DEFAULT}
        passed = {}
        for name, value in {**own, **given}.items():
            local, _, alias = value.partition(".")
            new = self._aliases.get((id_, local, alias), alias)
            passed[name] = f"{local}.{new}" if new else local
        return passed


def _joined(versions: Mapping[str, None]) -> str:
    """Constraints that all must hold: https://developer.hashicorp.com/terraform/language/expressions/version-constraints."""
    return ", ".join(filter(None, versions))
