"""The providers of a stack: which one a resource is of, and what its schema says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hcl.bodies import labelled
from hcl.schema import BUILT_IN, PROVIDER
from hcl.values import reference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hcl.schema import Block, Schemas


@dataclass(frozen=True)
class Providers:
    """The schemas, and the source of each provider by its local name."""

    schemas: Schemas
    sources: Mapping[str, str]

    def configuration(self, local: str, place: str) -> Block:
        """The schema of a provider's configuration."""
        return self.schemas.of(PROVIDER, "", source=self._source(local), place=place)

    def schema(self, kind: str, type_: str, body: Mapping[str, Any], place: str) -> Block:
        """The schema of a resource, a data source or an ephemeral resource."""
        return self.schemas.of(kind, type_, source=self._source(local_name(type_, body)), place=place)

    def _source(self, local: str) -> str:
        return self.sources.get(local) or (BUILT_IN if local == "terraform" else local)


def local_name(type_: str, body: Mapping[str, Any]) -> str:
    """The local name of a resource's provider: of the one that it names, else the first word of its type."""
    named = body.get("provider")
    return reference(named).partition(".")[0] if named else type_.partition("_")[0]


def required(document: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Source and version of each provider that a stack requires, by its local name; an empty version is any."""
    found = {}
    for _, body in labelled(document.get("terraform", {}), 0, "terraform"):
        for _, entries in labelled(body.get("required_providers"), 0, "required_providers"):
            for name, entry in entries.items():
                fields = entry if isinstance(entry, dict) else {"version": entry}
                found[name] = str(fields.get("source", name)), str(fields.get("version", ""))
    return found
