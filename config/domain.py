"""Settings of the layer `domain`: the DNS zone and the certificates."""

import re
from collections.abc import Iterator
from typing import Annotated, ClassVar, Final

from pydantic import AfterValidator, Field, WithJsonSchema

from config.aws import DomainName
from config.errors import Problem
from config.model import Check, Model

_ZONE_ID: Final = r"Z[0-9A-Z]{1,31}"
_MAX_NAMES: Final = 9
"""With the environment's own name the ten that a certificate has before a quota must be raised.

https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html
"""


def _zone_id(value: str) -> str:
    if re.fullmatch(_ZONE_ID, value):
        return value
    message = 'is not a valid id of a hosted zone; use one like "Z0123456789ABCDEFGHIJ", without "/hostedzone/"'
    raise ValueError(message)


def _check_zone_source(create_zone: bool, zone_id: str | None) -> Iterator[Problem]:  # noqa: FBT001
    if create_zone and zone_id:
        yield Problem(
            key="zone_id",
            value=zone_id,
            allowed="names a zone that exists, but create_zone = true makes a new one; keep one of the two lines",
        )
    if not create_zone and not zone_id:
        yield Problem(
            key="zone_id",
            allowed="is missing; name the hosted zone that exists, or set create_zone = true to make one",
        )


def _check_alternative_names(zone_name: str, alternative_names: tuple[str, ...]) -> Iterator[Problem]:
    for index, name in enumerate(alternative_names):
        if not is_in_zone(name, zone_name):
            yield Problem(
                key=f"alternative_names[{index}]",
                value=name,
                allowed=f'is not in the zone "{zone_name}"; only names that end in it can be proven there',
            )


def is_in_zone(name: str, zone_name: str) -> bool:
    """Whether a zone can hold the records of a name."""
    return name == zone_name or name.endswith(f".{zone_name}")


def check_domain_zone(domain_name: str, domain__zone_name: str) -> Iterator[Problem]:
    """The environment's name must be one that its zone can answer for."""
    if not is_in_zone(domain_name, domain__zone_name):
        yield Problem(
            key="domain_name",
            value=domain_name,
            allowed=f'is not in the zone domain.zone_name = "{domain__zone_name}"; '
            f'choose a name that ends in ".{domain__zone_name}", or the zone that holds this one',
        )


def check_unique_domain_names(domain_name: str, domain__alternative_names: tuple[str, ...]) -> Iterator[Problem]:
    """A certificate holds each name once."""
    for index, name in enumerate(domain__alternative_names):
        if name in (domain_name, *domain__alternative_names[:index]):
            yield Problem(
                key=f"domain.alternative_names[{index}]",
                value=name,
                allowed="is on the certificate already; remove it",
            )


class DomainSettings(Model):
    """The hosted zone and the certificates."""

    zone_name: DomainName
    """The DNS zone that holds domain_name: the same name, or one that it ends in."""

    create_zone: bool
    """Whether to make the zone; the apply then prints the name servers to enter at the parent domain."""

    zone_id: Annotated[
        str | None,
        AfterValidator(lambda value: value if value is None else _zone_id(value)),
        WithJsonSchema({"type": "string", "pattern": f"^{_ZONE_ID}$"}),
    ] = None
    """The hosted zone that exists already, where create_zone is false."""

    alternative_names: tuple[DomainName, ...] = Field(
        default=(), json_schema_extra={"uniqueItems": True, "maxItems": _MAX_NAMES}
    )
    """Further names on the certificates, like "www.users.example.com"."""

    checks: ClassVar[tuple[Check, ...]] = (_check_zone_source, _check_alternative_names)
