"""The only reader of the synthesized output: the stacks, and what they belong to.

The JSON of a stack says which environment, layer, region and project it belongs to (`METADATA`), so that no code has to
parse its name.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from synthesis.stack_shape import misshapen, misstated
from synthesis.template import Resource, blocks, resources

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

MANIFEST: Final = "manifest.json"
STACK_FILE: Final = "cdk.tf.json"
STATE_LAYER: Final = "state"
"""The layer that holds the state of all layers, its own included."""

METADATA: Final = "//.metadata"
"""Where a stack's JSON says what the stack is; Terraform ignores the key `//`."""

TUNNEL: Final = "tunnel"
"""Where a stack's metadata says what runs a tunnel into the databases."""

PARTNER_ACCOUNTS: Final = "partner_accounts"
"""The key of `METADATA` with the accounts of other environments that a stack lets in, or uses, on purpose."""

APPLIED_AFTER: Final = "applied_after"
"""The key of `METADATA` with the names of the stacks that come before a stack and of which it needs nothing to stay."""

_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")
_MADE_AGAIN: Final = "Synthesis did not write it: move that file away, then run `make synth` again."


class OutputError(Exception):
    """The output folder cannot be read; `str()` says what is wrong and what to do about it."""

    def __init__(self, message: str, remedy: str = "Run `make synth` again.") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}\n{self.remedy}"


def stack_id(environment: str, name: str) -> str:
    """Id of a stack, which is also the name of its folder."""
    return f"{environment}-{name}"


def metadata(
    *,
    project: str,
    environment: str,
    layer: str,
    name: str,
    region: str,
    protect_data: bool,
    stands_by: bool = False,
) -> dict[str, str | bool]:
    """What a stack writes under `METADATA`.

    Args:
        project: The project that all names start with.
        environment: The environment, like `prod`.
        layer: The layer, like `notifications`.
        name: The stack's name within the environment: the layer, with the region if the layer has stacks in several.
        region: The region of its resources.
        protect_data: Whether its data is protected from mistakes.
        stands_by: Whether it is the layer of another region once more, to serve when that one is lost.
    """
    return {
        "project": project,
        "environment": environment,
        "layer": layer,
        "name": name,
        "region": region,
        "protect_data": protect_data,
        **({"stands_by": True} if stands_by else {}),
    }


@dataclass(frozen=True, kw_only=True)
class Rotation:
    """A function that rotates credentials, as a stack's metadata has it."""

    function: str
    """Its name."""
    roles: tuple[str, ...] = ()
    """The roles of the database whose passwords it rotates; none for the JWT secret."""


@dataclass(frozen=True, kw_only=True)
class Tunnel:
    """What runs a tunnel into the databases, as a stack's metadata has it."""

    cluster: str
    """Name of the cluster that runs its task."""
    family: str
    """Family of its task definition."""
    container: str
    log_group: str
    subnets: str
    """Pattern of the `Name` tags of the subnets that it may run in."""
    databases: Mapping[str, str]
    """Identifiers of the databases, by what `make tunnel` calls them: `postgres`, `documentdb`."""


@dataclass(frozen=True, kw_only=True)
class Stack:
    """One synthesized stack, which is one state file."""

    id: str
    folder: Path
    """The folder of its JSON and other files."""
    document: Mapping[str, Any] = field(repr=False)
    """Its Terraform JSON."""
    dependencies: tuple[str, ...] = ()
    """Ids of the stacks that are applied before it."""
    is_synthesized: bool = True
    """False for a layer that is switched off and has only a state."""

    @property
    def environment(self) -> str:
        """The environment that it belongs to."""
        return self._identity("environment")

    @property
    def layer(self) -> str:
        """Its layer; a layer can have a stack in more than one region."""
        return self._identity("layer")

    @property
    def name(self) -> str:
        """Its name within the environment, which is also the folder of its state in the bucket."""
        return str(self._metadata.get("name") or self.layer)

    @property
    def region(self) -> str:
        """The region of its resources."""
        return self._identity("region")

    @property
    def project(self) -> str:
        """The project that all its names start with."""
        return self._identity("project")

    @property
    def is_protected(self) -> bool:
        """Whether its data is protected from mistakes; the default is that it is."""
        return self._metadata.get("protect_data") is not False

    @property
    def stands_by(self) -> bool:
        """Whether it is a layer of the environment once more, in the region that serves when the first one is lost."""
        return self._metadata.get("stands_by") is True

    @property
    def applied_after(self) -> tuple[str, ...]:
        """Ids of the dependencies that are only an order; the stack stays whole when one of them is destroyed."""
        return tuple(stack_id(self.environment, name) for name in self._metadata.get(APPLIED_AFTER, ()))

    @property
    def zone_name(self) -> str:
        """The DNS zone that validates its certificates; empty for a stack without certificates."""
        return str(self._metadata.get("zone_name", ""))

    @property
    def partner_accounts(self) -> frozenset[str]:
        """The accounts of others that it deals with on purpose: releases go to them, or come from them."""
        found = self._metadata.get(PARTNER_ACCOUNTS)
        return frozenset(map(str, found)) if isinstance(found, list) else frozenset()

    @property
    def sleep_function(self) -> str:
        """The function that sends the environment to sleep and wakes it; empty if none of its resources is that."""
        return str(self._metadata.get("sleep_function", ""))

    @property
    def sleep_saving(self) -> str:
        """What the environment saves while it sleeps, for people; empty as well."""
        return str(self._metadata.get("sleep_saving", ""))

    @property
    def awake_share(self) -> float:
        """The part of the time in which its environment is awake: 1 for all stacks but that with the schedule."""
        return float(self._metadata.get("awake_share", 1))

    @property
    def rotations(self) -> Mapping[str, Rotation]:
        """What rotates credentials, by what `make rotate` calls it: `postgres`, `documentdb`, `jwt`."""
        declared: Mapping[str, Mapping[str, Any]] = self._metadata.get("rotation", {})
        return {
            what: Rotation(function=str(entry["function"]), roles=tuple(entry.get("roles", ())))
            for what, entry in declared.items()
        }

    @property
    def tunnel(self) -> Tunnel | None:
        """What runs a tunnel into the databases; None if it has nothing that does."""
        declared: Mapping[str, Any] | None = self._metadata.get(TUNNEL)
        if not declared:
            return None
        texts = {name: str(declared[name]) for name in ("cluster", "family", "container", "log_group", "subnets")}
        return Tunnel(**texts, databases={str(name): str(one) for name, one in declared["databases"].items()})

    @property
    def left_out(self) -> tuple[str, ...]:
        """The layers that are not synthesized while its zone is not delegated; they may be applied all the same."""
        return tuple(self._metadata.get("left_out", ()))

    @property
    def terraform(self) -> Mapping[str, Any]:
        """The block with versions and backend."""
        settings: Mapping[str, Any] = self.document.get("terraform", {})
        return settings

    @property
    def backend(self) -> Mapping[str, Any]:
        """Where its state is kept."""
        settings: Mapping[str, Any] = self.terraform.get("backend", {}).get("s3", {})
        return settings

    @property
    def providers(self) -> list[Mapping[str, Any]]:
        """Every configuration of the AWS provider."""
        return blocks(self.document.get("provider", {}).get("aws"))

    @property
    def required_providers(self) -> dict[str, str]:
        """Source to version, as written: `{"aws": "5.100.0"}`."""
        required = self.terraform.get("required_providers", {})
        return {entry.get("source", name): entry.get("version", "") for name, entry in required.items()}

    def region_of(self, resource: Resource) -> str:
        """The region of a resource: that of the provider that it names, or of the stack."""
        alias = str(resource.get("provider") or "").partition(".")[2]
        regions = {str(provider.get("alias", "")): str(provider.get("region")) for provider in self.providers}
        if alias and alias not in regions:
            message = f"{self.id}: {resource.address} has the provider aws.{alias}, which the stack does not have."
            raise OutputError(message, _MADE_AGAIN)
        return regions[alias] if alias else self.region

    def all(self, *kinds: str) -> Iterator[Resource]:
        """Resources of these types, or of all types."""
        return resources(self.document, *kinds)

    def attached(self, owner: Resource, kind: str, *, by: str) -> list[Resource]:
        """Resources of a type whose argument `by` refers to `owner`."""
        return [resource for resource in self.all(kind) if owner.is_referred_to_by(resource.get(by))]

    def producers(self, stacks: Mapping[str, Stack]) -> dict[str, str]:
        """For the name of each `terraform_remote_state`, the id of the stack whose state it reads."""
        by_place = {_place(stack.backend): id_ for id_, stack in stacks.items()}
        read = self.document.get("data", {}).get("terraform_remote_state", {})
        places = {name: _place(entry.get("config", {})) for name, entry in read.items()}
        return {name: by_place[place] for name, place in places.items() if place in by_place}

    def _identity(self, key: str) -> str:
        if key not in self._metadata:
            message = (
                f"{self.folder / STACK_FILE} has no {key} in its metadata: an older version of this program wrote it."
            )
            raise OutputError(message)
        return str(self._metadata[key])

    @property
    def _metadata(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.document.get("//", {}).get("metadata", {})
        return found


def read_stacks(output: Path) -> dict[str, Stack]:
    """All stacks of an output folder by id, in the manifest's order.

    Raises:
        OutputError: There is no output, or it is not readable.
    """
    path = output / MANIFEST
    if not path.is_file():
        message = f"There is no {path}."
        raise OutputError(message, "Run `make synth` first.")
    entries = _read_json(path).get("stacks", {})
    if not isinstance(entries, dict) or not all(map(_is_entry, entries.values())):
        message = f"{path} is not a manifest of stacks."
        raise OutputError(message, _MADE_AGAIN)
    if not entries:  # a check of nothing must not pass
        message = f"{path} has no stacks."
        raise OutputError(message)
    return {
        id_: Stack(
            id=id_,
            folder=folder,
            document=_read_stack(folder / STACK_FILE),
            dependencies=tuple(entry.get("dependencies", ())),
        )
        for id_, entry in entries.items()
        for folder in [output / entry["workingDirectory"]]
    }


def of_environment(stacks: Mapping[str, Stack], environment: str) -> dict[str, Stack]:
    """The stacks of one environment.

    Raises:
        OutputError: It has none; the message lists the environments that have some.
    """
    chosen = {id_: stack for id_, stack in stacks.items() if stack.environment == environment}
    if not chosen:
        available = ", ".join(sorted({stack.environment for stack in stacks.values()})) or "none"
        message = f"The synthesized output has no environment {environment!r}. It has: {available}."
        raise OutputError(message, f"Choose one of them, or run `make synth ENV={environment}` if it is new.")
    return chosen


def state_stack(stacks: Mapping[str, Stack]) -> Stack | None:
    """The stack that holds the state of all stacks, if it is among these."""
    return next((stack for stack in stacks.values() if stack.layer == STATE_LAYER), None)


def _place(backend: Mapping[str, Any]) -> tuple[str, str]:
    return str(backend.get("bucket")), str(backend.get("key"))


def _read_json(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
        content = json.loads(text)
        if _SURROGATE.search(text):  # half of a character, which nothing can print or write
            json.dumps(content, ensure_ascii=False).encode()
    except (OSError, ValueError, RecursionError) as error:
        message = f"{path} cannot be read: {error}"
        raise OutputError(message) from error
    if not isinstance(content, dict):
        message = f"{path} must be a JSON object."
        raise OutputError(message, _MADE_AGAIN)
    return content


def _read_stack(path: Path) -> dict[str, Any]:
    document = _read_json(path)
    place = misshapen(document)
    problem = f"{place} must be an object" if place else misstated(document.get("//", {}).get("metadata", {}))
    if problem:
        message = f"{path} is not a valid stack: {problem}."
        raise OutputError(message, _MADE_AGAIN)
    return document


def _is_entry(entry: object) -> bool:
    if not isinstance(entry, dict) or not isinstance(entry.get("workingDirectory"), str):
        return False
    dependencies = entry.get("dependencies", [])
    return isinstance(dependencies, list) and all(isinstance(id_, str) for id_ in dependencies)
