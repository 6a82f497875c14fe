"""Image repositories of environments in one account: their names, and the one replication that a registry has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from config.errors import Problem


@dataclass(frozen=True, kw_only=True)
class Registries:
    """Where an environment has its repositories, and what they are called."""

    environment: str
    account_id: str | None
    region: str | None
    copies_region: str | None
    """The region of its copies; None if it has none."""
    repositories: tuple[str, ...]

    @property
    def regions(self) -> frozenset[str]:
        """The regions in which repositories have these names."""
        return frozenset(one for one in (self.region, self.copies_region) if one)


def read_registries(name: str, project: str, table: Mapping[str, Any]) -> Registries:
    """What the file of an environment says of its repositories; a file that is not valid is reported elsewhere."""
    recovery, registry, services = (_table(table.get(key)) for key in ("recovery", "registry", "services"))
    prefix = registry.get("repository_prefix") or project
    return Registries(
        environment=name,
        account_id=_text(table.get("account_id")),
        region=_text(table.get("region")),
        copies_region=None if recovery.get("mode") == "none" else _text(recovery.get("region")),
        repositories=repository_names(str(prefix), services),
    )


def repository_names(prefix: str, services: Iterable[str]) -> tuple[str, ...]:
    """The names of the repositories of services, in the order of the services."""
    return tuple(f"{prefix}-{service}" for service in services)


def check_registries(own: Registries, others: Iterable[Registries]) -> Iterator[Problem]:
    """The problems with the other environments that have repositories in the same account and region."""
    for other in others:
        if other.account_id != own.account_id:
            continue
        if own.copies_region and other.copies_region and other.region == own.region:
            # https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-settings-configure.html
            yield Problem(
                key="recovery.region",
                value=own.copies_region,
                allowed=f'would replace the replication of images of "{other.environment}", which is in the same '
                'account and region: set mode = "none" in one of them, or move it to another account',
            )
        if own.regions & other.regions:
            yield from _check_names(own, other)


def _check_names(own: Registries, other: Registries) -> Iterator[Problem]:
    """No repository of two environments has the same name, and none is copied with another environment's.

    ECR copies the repositories whose names start with a filter, and the filters are names of repositories:
    https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_RepositoryFilter.html
    """
    where = f"an account and a region in common, {_list(own.regions & other.regions)}"
    same = sorted({*own.repositories} & {*other.repositories})
    if same:
        yield Problem(
            key="registry.repository_prefix",
            allowed=f'must not be the one of "{other.environment}", because both have {where}, and the repositories '
            f"{_list(same)}; set another prefix in the environment that is not applied yet",
        )
    for one, two in ((own, other), (other, own)):
        if one.copies_region is None or one.region not in two.regions:
            continue
        copied = [(start, name) for start in one.repositories for name in two.repositories if _starts(start, name)]
        for start, name in copied:
            yield Problem(
                key="registry.repository_prefix",
                allowed=f'must not make {name} of "{two.environment}" start with {start} of "{one.environment}", whose '
                "images are copied with all that start like them; set another prefix in the environment that is not "
                "applied yet",
            )


def _starts(start: str, name: str) -> bool:
    return name != start and name.startswith(start)


def _list(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
