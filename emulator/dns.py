"""What resolvers find of the zones in the emulator: they follow NS records from zone to zone, from the top.

A zone below no other one is taken as delegated: whoever owns the domain has entered its name servers. All others are
found only by NS records in the zone above, in whatever accounts both are.
https://www.rfc-editor.org/rfc/rfc1034#section-4.3.2
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final

from moto.route53.models import route53_backends

from emulator.record_choice import choose

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

Call = tuple[str, str, str]
CALLED: ContextVar[AbstractSet[Call]] = ContextVar("CALLED", default=frozenset())
"""Account, region and service of the calls to the emulator that answers. Its DNS has the zones of these accounts only.

The emulators of a process share moto's state, and two of them may each have a zone of the same name.
"""

_SERVICE: Final = "route53"


def resolve(name: str, type_: str) -> frozenset[str]:
    """The values of the records of a name that resolvers get, in lowercase letters and without dots at their ends."""
    asked = canonical(name)
    zone = _topmost_zone(asked)
    while zone is not None:
        name_servers = _delegation(zone, asked)
        if not name_servers:
            return _values(zone, asked, type_)
        zone = _zone_served_by(*name_servers)
    return frozenset()


def is_published(name: str, type_: str) -> bool:
    """Whether a public zone of any account has such records, for DS records also above the zone of the name."""
    return any(_values(zone, canonical(name), type_) for zone in _public_zones())


def canonical(name: str) -> str:
    """The name in lowercase letters, without the dot at its end."""
    return name.lower().rstrip(".")


def is_in_zone(name: str, zone: Any) -> bool:
    """Whether a name is the zone's own or one below it."""
    return canonical(name) == canonical(zone.name) or canonical(name).endswith(f".{canonical(zone.name)}")


def _topmost_zone(name: str) -> Any:
    """Of several zones of one name, the one that was created first."""
    zones = [zone for zone in _public_zones() if is_in_zone(name, zone)]
    return min(zones, key=lambda zone: (canonical(zone.name).count("."), zone.created_number), default=None)


def _delegation(zone: Any, name: str) -> tuple[str, frozenset[str]] | None:
    """The highest name below the zone's own, up to the one asked for, that has NS records, and their values."""
    labels = name.split(".")
    own = canonical(zone.name).count(".") + 1
    for count in range(own + 1, len(labels) + 1):
        delegated = ".".join(labels[-count:])
        if name_servers := _values(zone, delegated, "NS"):
            return delegated, name_servers
    return None


def _zone_served_by(name: str, name_servers: frozenset[str]) -> Any:
    """The zone of the name that one of these servers has; the others refuse to answer for it."""
    return next(
        (
            zone
            for zone in _public_zones()
            if canonical(zone.name) == name and name_servers & set(map(canonical, zone.delegation_set.name_servers))
        ),
        None,
    )


def _values(zone: Any, name: str, type_: str) -> frozenset[str]:
    records = [record for record in zone.rrsets if canonical(record.name) == name and record.type == type_]
    return frozenset(canonical(value) for record in choose(records) for value in record.records or ())


def _public_zones() -> Iterator[Any]:
    for account in {account for account, _, service in CALLED.get() if service == _SERVICE}:
        for backend in list(route53_backends[account].values()):
            yield from (zone for zone in list(backend.zones.values()) if not zone.private_zone)
