"""What the zones of environments need of each other: resolvers follow NS records from zone to zone, from the top.

A zone below another zone is found only by NS records in that other one, whatever account it is in.
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/CreatingNewSubdomain.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from config.delegations import is_below
from config.domain import is_in_zone
from config.errors import Problem, render_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from config.domain import DomainSettings

_SUBDOMAIN_LABELS: Final = 3


@dataclass(frozen=True, kw_only=True)
class ZoneUser:
    """An environment with its [domain]."""

    environment: str
    account_id: object
    """Of a file that may be invalid otherwise."""
    domain: DomainSettings

    @property
    def zone(self) -> str:
        """The name of its zone."""
        return self.domain.zone_name


def check_zones(own: ZoneUser, others: Sequence[ZoneUser]) -> Iterator[Problem]:
    """The problems between the zone of an environment and those of the others, with keys of its file."""
    yield from _check_same_zone(own, others)
    yield from _check_shared_zone(own, others)
    yield from _check_same_names(own, others)
    yield from _check_names_in_other_zones(own, others)
    yield from _check_own_delegation(own, others)
    yield from _check_delegations_of_others(own, others)
    yield from _check_delegations_are_found(own, others)


def _check_same_zone(own: ZoneUser, others: Sequence[ZoneUser]) -> Iterator[Problem]:
    """Route 53 creates a zone of the same name again, with other name servers; resolvers find one of both."""
    for other in others:
        created = [user.domain.create_zone for user in (own, other)]
        shared = created.count(True) == 1 and own.account_id == other.account_id
        if own.zone == other.zone and any(created) and not shared and _both_delegated(own, other):
            yield Problem(
                key="domain.zone_name",
                value=own.zone,
                allowed=f'is also the zone of "{other.environment}", which would be another zone of the same name, '
                "and resolvers find only one of both; use another zone_name, "
                "or delegated = false in one of the two files",
            )


def _check_shared_zone(own: ZoneUser, others: Sequence[ZoneUser]) -> Iterator[Problem]:
    """What a zone has once, where two environments have their names in the same one."""
    for other in others:
        if not _share_a_zone(own, other):
            continue
        if own.domain.query_logging and other.domain.query_logging:
            # https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateQueryLoggingConfig.html
            yield Problem(
                key="domain.query_logging",
                value=True,
                allowed=f'is on in "{other.environment}", too, which has its names in the same zone, and Route 53 '
                "allows one log for each zone; set it to false in one of them",
            )
        for zone in own.domain.delegations:
            if zone in other.domain.delegations:
                yield Problem(
                    key=f"domain.delegations.{render_value(zone)}",
                    allowed=f'is in the file of "{other.environment}", too, which has its names in the same zone, and '
                    "there can be one such record; remove it from one of them",
                )


def _share_a_zone(own: ZoneUser, other: ZoneUser) -> bool:
    """Whether both have their records in one zone: what one of them creates, or what was there before."""
    if own.zone != other.zone or own.account_id != other.account_id:
        return False
    ids = [user.domain.zone_id for user in (own, other) if not user.domain.create_zone]
    return len(ids) == 1 or (bool(ids) and ids[0] == ids[-1])


def _check_same_names(own: ZoneUser, others: Sequence[ZoneUser]) -> Iterator[Problem]:
    for other in others:
        for key, name in _names(own):
            if name in other.domain.names and _both_delegated(own, other):
                yield Problem(
                    key=key,
                    value=name,
                    allowed=f'is also a name of "{other.environment}", and only one of both can answer; '
                    "use another name in one of the two files",
                )


def _check_names_in_other_zones(own: ZoneUser, others: Sequence[ZoneUser]) -> Iterator[Problem]:
    for other in others:
        for key, name in _names(own):
            if is_below(other.zone, own.zone) and is_in_zone(name, other.zone):
                yield Problem(
                    key=key,
                    value=name,
                    allowed=f'is in "{other.zone}", the zone of "{other.environment}", so records in '
                    f'"{own.zone}" are not found, and its certificate would not be issued; use another name, '
                    f"or put it on the certificate of {other.environment}",
                )


def _check_own_delegation(own: ZoneUser, others: Sequence[ZoneUser]) -> Iterator[Problem]:
    """Where another environment creates the zone above, its file has the NS record."""
    holders = _zone_above(own.zone, others)
    if own.domain.is_delegated and _lacks_delegation(holders, own.zone):
        above = holders[0]
        yield Problem(
            key="domain.zone_name",
            value=own.zone,
            allowed=f'is below "{above.zone}", the zone of "{above.environment}", which has no NS record for it, so '
            f"resolvers do not find it; add its name servers to [domain.delegations] in {above.environment}.toml, "
            f"or {_use_a_sibling(own.zone, above.zone)}",
        )


def _check_delegations_of_others(own: ZoneUser, others: Sequence[ZoneUser]) -> Iterator[Problem]:
    users = (own, *others)
    for other in others:
        holders = _zone_above(other.zone, users)
        if own in holders and other.domain.is_delegated and _lacks_delegation(holders, other.zone):
            yield Problem(
                key="domain.delegations",
                allowed=f'has no {render_value(other.zone)}, the zone of "{other.environment}" below this one, so '
                f"resolvers do not find it; add it with its name servers (the output name_servers of "
                f"{other.environment}-domain), or in {other.environment}.toml {_use_a_sibling(other.zone, own.zone)}",
            )


def _check_delegations_are_found(own: ZoneUser, others: Sequence[ZoneUser]) -> Iterator[Problem]:
    """An NS record is not found below a name that is delegated itself."""
    for zone, name_servers in own.domain.delegations.items():
        between = [other for other in others if is_below(zone, other.zone) and is_below(other.zone, own.zone)]
        if between:
            above = _nearest(between)[0]
            yield Problem(
                key=f"domain.delegations.{render_value(zone)}",
                value=name_servers,
                allowed=f'is below "{above.zone}", the zone of "{above.environment}", so an NS record here is not '
                f"found; move the line to [domain.delegations] in {above.environment}.toml",
            )


def _zone_above(zone: str, users: Iterable[ZoneUser]) -> list[ZoneUser]:
    """The environments with the nearest zone that a zone is below."""
    return _nearest([user for user in users if is_below(zone, user.zone)])


def _nearest(users: Sequence[ZoneUser]) -> list[ZoneUser]:
    longest = max((len(user.zone) for user in users), default=0)
    return sorted((user for user in users if len(user.zone) == longest), key=lambda user: not user.domain.create_zone)


def _lacks_delegation(holders: Sequence[ZoneUser], zone: str) -> bool:
    """Whether the project makes the zone above, and no NS record in it; in an existing zone, others can make it."""
    created = any(holder.domain.create_zone for holder in holders)
    return created and not any(zone in holder.domain.delegations for holder in holders)


def _both_delegated(one: ZoneUser, other: ZoneUser) -> bool:
    """A zone that is not delegated may exist beside one of the same name, for a move to another account."""
    return one.domain.is_delegated and other.domain.is_delegated


def _names(user: ZoneUser) -> Iterator[tuple[str, str]]:
    yield "domain.name", user.domain.name
    for index, name in enumerate(user.domain.alternative_names):
        yield f"domain.alternative_names[{index}]", name


def _use_a_sibling(zone: str, above: str) -> str:
    """`dev.users.example.com` below `users.example.com` could be `users-dev.example.com`."""
    if above.count(".") + 1 < _SUBDOMAIN_LABELS:
        return "use a zone that is not below it"
    first, _, rest = above.partition(".")
    label = zone.removesuffix(f".{above}").replace(".", "-")
    return f'use a zone beside it, like "{first}-{label}.{rest}"'
