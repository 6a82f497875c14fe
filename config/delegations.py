"""Delegations: the name servers of zones below the environment's own zone, which NS records in it point to."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Final

from pydantic import AfterValidator, Field, WithJsonSchema

from config.aws import HOST_NAME, is_host_name
from config.errors import Problem, render_value

_ROUTE_53: Final = r"ns-[0-9]+\.awsdns-[0-9]+\.(com|net|org|co\.uk)"
"""https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/SOA-NSrecords.html"""

_ROUTE_53_COUNT: Final = 4
"""Name servers of each Route 53 zone: the same page."""

_MIN_COUNT: Final = 2
"""Name servers that every zone has: https://www.rfc-editor.org/rfc/rfc1034#section-4.1"""


def is_below(name: str, zone_name: str) -> bool:
    """Whether a name is below the zone's own name."""
    return name.endswith(f".{zone_name}")


def _zone(value: str) -> str:
    if is_host_name(value):
        return value
    message = (
        "is not a valid name of a zone; use lowercase letters and at least one dot, without a dot at the end, "
        'in quotes because of its dots, like "staging.users.example.com"'
    )
    raise ValueError(message)


def _name_server(value: str) -> str:
    """The name as Route 53 writes it: `dig` adds a dot, and DNS ignores case."""
    name = value.lower().removesuffix(".")
    if is_host_name(name):
        return name
    message = 'is not a valid name of a name server; use a host name, like "ns-2048.awsdns-64.com"'
    raise ValueError(message)


def _name_servers(value: tuple[str, ...]) -> tuple[str, ...]:
    if repeated := next((name for index, name in enumerate(value) if name in value[:index]), None):
        message = f"has {render_value(repeated)} twice; each name server must be there once"
        raise ValueError(message)
    if any(re.fullmatch(_ROUTE_53, name) for name in value):
        if len(value) != _ROUTE_53_COUNT:
            message = f"has {len(value)}; a Route 53 zone has {_ROUTE_53_COUNT} name servers, so add all of that zone"
            raise ValueError(message)
    elif len(value) < _MIN_COUNT:
        message = f"has {len(value)}; a zone has {_MIN_COUNT} or more name servers, so add all of that zone"
        raise ValueError(message)
    return value


NameServers = Annotated[
    tuple[Annotated[str, AfterValidator(_name_server)], ...],
    AfterValidator(_name_servers),
    Field(json_schema_extra={"uniqueItems": True, "minItems": _MIN_COUNT}),
]
"""The name servers of a zone; a dot at the end is removed."""

DelegatedZone = Annotated[str, AfterValidator(_zone), WithJsonSchema({"type": "string", "pattern": f"^{HOST_NAME}$"})]
"""The name of a zone below this one."""

Delegations = Mapping[DelegatedZone, NameServers]
"""The name servers of each zone."""


def check_delegated_zones(zone_name: str, delegations: Delegations) -> Iterator[Problem]:
    """Each is below the zone, and below no other that is delegated."""
    for zone, name_servers in delegations.items():
        key = f"delegations.{render_value(zone)}"
        above = next((other for other in delegations if is_below(zone, other)), None)
        if zone == zone_name:
            yield Problem(
                key=key,
                value=name_servers,
                allowed="is this zone itself, whose NS record Route 53 makes; remove it, and enter the name servers "
                "of this zone at its parent domain",
            )
        elif not is_below(zone, zone_name):
            yield Problem(
                key=key,
                value=name_servers,
                allowed=f'is not below zone_name = "{zone_name}"; use a zone whose name ends in ".{zone_name}"',
            )
        elif above:
            yield Problem(
                key=key,
                value=name_servers,
                allowed=f'is below "{above}", which is delegated too, so resolvers ask the name servers of that '
                "zone; remove it here, and make the NS record there",
            )
        for name in name_servers:
            if name == zone or is_below(name, zone):
                yield Problem(
                    key=key,
                    value=name,
                    allowed="is in the zone that it serves, so no resolver finds its address; use a name server "
                    "outside of the zone",
                )


def check_names_are_not_delegated(
    name: str, alternative_names: tuple[str, ...], delegations: Delegations
) -> Iterator[Problem]:
    """The records of this zone are not found below a delegated name, so ACM would not find the validation there."""
    names = {"name": name} | {f"alternative_names[{index}]": other for index, other in enumerate(alternative_names)}
    for key, value in names.items():
        zone = next((zone for zone in delegations if value == zone or is_below(value, zone)), None)
        if zone:
            yield Problem(
                key=key,
                value=value,
                allowed=f'is in "{zone}", which [domain.delegations] leaves to other name servers, so its certificate '
                "would not be issued; use another name, or remove the delegation",
            )
