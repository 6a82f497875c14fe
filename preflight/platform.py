"""One environment's stacks as the checks need them: resources with their region, account, role and tags. No calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from synthesis.manifest import OutputError
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthesis.manifest import Stack
    from synthesis.template import Resource

_OWNER_TAGS: Final = ("Project", "Environment")
"""Every resource has these two through the provider's `default_tags`; a compliance rule holds all stacks to them."""


class Placed(NamedTuple):
    """A resource and the stack that it is in."""

    stack: Stack
    resource: Resource

    @property
    def region(self) -> str:
        """Its region."""
        return self.stack.region_of(self.resource)


@dataclass(frozen=True)
class Platform:
    """The stacks of one environment."""

    stacks: Mapping[str, Stack]

    @property
    def environment(self) -> str:
        """Its name."""
        return self._first.environment

    @property
    def file(self) -> str:
        """The file with its settings, for a fix."""
        return f"environments/{self.environment}.toml"

    @property
    def account_id(self) -> str:
        """The only account that Terraform may change.

        Raises:
            OutputError: The output does not name it.
        """
        allowed = self._provider.get("allowed_account_ids") or []
        if not allowed:
            message = f"{self._first.id} names no account in allowed_account_ids."
            raise OutputError(message)
        return str(allowed[0])

    @property
    def role(self) -> Mapping[str, Any]:
        """The arguments of the role that Terraform assumes; empty if it assumes none."""
        return next(iter(blocks(self._provider.get("assume_role"))), {})

    @property
    def home_region(self) -> str:
        """The region of the state."""
        return str(self._first.backend.get("region") or self._first.region)

    @property
    def state_bucket(self) -> str:
        """The bucket of all states."""
        return str(self._first.backend.get("bucket", ""))

    @property
    def regions(self) -> list[str]:
        """Every region that has a stack."""
        return sorted({stack.region for stack in self.stacks.values()})

    def zones_table(self, region: str) -> str:
        """The table of the settings that has the zones of a region, for a fix."""
        return "[[network.zones]]" if region == self.home_region else "[[recovery.standby.network.zones]]"

    def owns(self, tags: Mapping[str, str]) -> bool:
        """Whether something with these tags was made by this environment."""
        own = self._provider_tags
        return all(name in own and tags.get(name) == own[name] for name in _OWNER_TAGS)

    def all(self, *kinds: str, region: str | None = None) -> Iterator[Placed]:
        """Resources of these types, of all regions or of one."""
        for stack in self.stacks.values():
            placed = (Placed(stack, resource) for resource in stack.all(*kinds))
            yield from (one for one in placed if region in {None, one.region})

    def names(self, kind: str, argument: str, *, region: str | None = None) -> set[str]:
        """The names of all resources of a type, as far as the JSON has them."""
        values = (resource.get(argument) for _, resource in self.all(kind, region=region))
        return {value for value in values if isinstance(value, str) and "${" not in value}

    def regions_with(self, *kinds: str) -> list[str]:
        """The regions that have a resource of one of these types."""
        return sorted({placed.region for placed in self.all(*kinds)})

    @property
    def _first(self) -> Stack:
        return next(iter(self.stacks.values()))

    @property
    def _provider(self) -> Mapping[str, Any]:
        return next(iter(self._first.providers), {})

    @property
    def _provider_tags(self) -> Mapping[str, str]:
        found: Mapping[str, str] = next(iter(blocks(self._provider.get("default_tags"))), {}).get("tags", {})
        return found


def tags_from(pairs: object, key: str = "Key", value: str = "Value") -> dict[str, str]:
    """A list of pairs, as most services return tags, as a mapping."""
    return {pair[key]: pair.get(value, "") for pair in pairs} if isinstance(pairs, list) else {}
