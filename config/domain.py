"""Settings of the layer `domain`: the DNS zone, what is recorded and signed in it, and the certificates."""

import re
from collections.abc import Iterator
from typing import Annotated, ClassVar, Final, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from config.aws import HOST_NAME, MAX_HOST_NAME, DomainName, is_host_name
from config.delegations import Delegations, check_delegated_zones, check_names_are_not_delegated
from config.errors import Problem
from config.model import Check, Model
from config.service_values import HealthPath

ROUTE_53_REGION: Final = "us-east-1"
"""The region in which Route 53 requires the keys of DNSSEC and the logs of queries, whatever the environment's region.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-configuring-dnssec-cmk-requirements.html
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/query-logs.html
"""

AMAZON_ISSUERS: Final = ("amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com")
"""The names under which ACM looks for its permission in CAA records.

https://docs.aws.amazon.com/acm/latest/userguide/setup-caa.html
"""

_MAX_CHECKED_PATH: Final = 255
"""https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html"""

WILDCARD: Final = "*."
"""The start of a name that stands for all names of one level."""

_ZONE_ID: Final = r"Z[0-9A-Z]{1,31}"
_MAX_NAMES: Final = 9
"""With the domain's own name, the ten names that a certificate can have without a higher quota.

https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html
"""


_MAX_VALIDATED_NAME: Final = MAX_HOST_NAME - len("_.") - 32
"""A validation record is `_<32 hexadecimal digits>.<name>`.

https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
"""


def _zone_id(value: str) -> str:
    if re.fullmatch(_ZONE_ID, value):
        return value
    message = 'is not a valid hosted zone id; use one like "Z0123456789ABCDEFGHIJ", without "/hostedzone/"'
    raise ValueError(message)


def _check_zone_source(create_zone: bool, zone_id: str | None) -> Iterator[Problem]:  # noqa: FBT001
    if create_zone and zone_id:
        yield Problem(
            key="zone_id",
            value=zone_id,
            allowed="is an existing zone, but create_zone = true creates a new one; remove one of the two lines",
        )
    if not create_zone and not zone_id:
        yield Problem(
            key="zone_id",
            allowed="is missing; add the id of the existing hosted zone, or set create_zone = true to create one",
        )


def _check_delegated(create_zone: bool, delegated: bool | None) -> Iterator[Problem]:  # noqa: FBT001
    if create_zone and delegated is None:
        yield Problem(
            key="delegated",
            allowed="is missing; set it to true if the parent domain has NS records with the name servers of the "
            "zone, or to false until it has: nothing that needs a certificate is made before",
        )
    if not create_zone and delegated is not None:
        yield Problem(
            key="delegated",
            value=delegated,
            allowed="is for a zone that is created here, and create_zone = false uses one that exists; remove it",
        )


def _check_zone(name: str, zone_name: str) -> Iterator[Problem]:
    if not is_in_zone(name, zone_name):
        yield Problem(
            key="name",
            value=name,
            allowed=f'is not in zone_name = "{zone_name}"; '
            f'choose a name that ends in ".{zone_name}", or set zone_name to the zone of this name',
        )


def _check_alternative_names(zone_name: str, alternative_names: tuple[str, ...]) -> Iterator[Problem]:
    for index, name in enumerate(alternative_names):
        if not is_in_zone(name, zone_name):
            yield Problem(
                key=f"alternative_names[{index}]",
                value=name,
                allowed=f'is not in the zone "{zone_name}", which validates it; use a name that ends in it',
            )


def _check_name_count(alternative_names: tuple[str, ...]) -> Iterator[Problem]:
    if len(alternative_names) > _MAX_NAMES:
        yield Problem(
            key="alternative_names",
            allowed=f"has {len(alternative_names)} names; a certificate takes {_MAX_NAMES} besides the domain's own "
            'name: use a wildcard, like "*.users.example.com"',
        )


def _check_validated_names(alternative_names: tuple[str, ...]) -> Iterator[Problem]:
    """ACM validates a name by a record below it, whose own name must fit into DNS."""
    for index, name in enumerate(alternative_names):
        length = len(name.removeprefix(WILDCARD))
        if length > _MAX_VALIDATED_NAME:
            yield Problem(
                key=f"alternative_names[{index}]",
                value=name,
                allowed=f"has {length} characters, and ACM validates it by a record whose name is "
                f"{MAX_HOST_NAME - _MAX_VALIDATED_NAME} longer; it must have {_MAX_VALIDATED_NAME} or fewer",
            )


def _check_unique_names(name: str, alternative_names: tuple[str, ...]) -> Iterator[Problem]:
    for index, other in enumerate(alternative_names):
        if other in (name, *alternative_names[:index]):
            yield Problem(
                key=f"alternative_names[{index}]",
                value=other,
                allowed="is already on the certificate; remove it",
            )


def _check_issuers(certificate_issuers: tuple[str, ...]) -> Iterator[Problem]:
    for index, issuer in enumerate(certificate_issuers):
        if issuer in (*AMAZON_ISSUERS, *certificate_issuers[:index]):
            yield Problem(
                key=f"certificate_issuers[{index}]",
                value=issuer,
                allowed="may issue certificates already; remove it",
            )


def _check_signed_zone(create_zone: bool, dnssec: bool) -> Iterator[Problem]:  # noqa: FBT001
    """Who signs a zone renews its keys, and must know its parent: that is who created it."""
    if dnssec and not create_zone:
        yield Problem(
            key="dnssec",
            value=dnssec,
            allowed="is for a zone that is created here, and create_zone = false uses one that exists; remove it, and "
            "sign the zone where it is created",
        )


def _alternative_name(value: str) -> str:
    if is_host_name(value.removeprefix(WILDCARD)):
        return value
    message = (
        'is not a valid name of a certificate; use lowercase letters, at least one dot, and "*." only at its start, '
        'like "www.users.example.com" or "*.users.example.com"'
    )
    raise ValueError(message)


AlternativeName = Annotated[
    str,
    AfterValidator(_alternative_name),
    WithJsonSchema({"type": "string", "pattern": rf"^(\*\.)?{HOST_NAME}$"}),
]
"""https://docs.aws.amazon.com/acm/latest/userguide/acm-certificate-characteristics.html"""


def is_in_zone(name: str, zone_name: str) -> bool:
    """Whether a name can have records in the zone."""
    return name == zone_name or name.endswith(f".{zone_name}")


def _check_path_length(path: str) -> Iterator[Problem]:
    if len(path) > _MAX_CHECKED_PATH:
        yield Problem(
            key="path",
            value=path,
            allowed=f"has {len(path)} characters; it must have {_MAX_CHECKED_PATH} or fewer: use a shorter path",
        )


class HealthCheckSettings(Model):
    """A request that Route 53 makes from several parts of the world, under the domain's name."""

    path: HealthPath = "/"
    """Path that answers 2xx or 3xx while the site works."""

    interval_seconds: Literal[10, 30] = 30
    """Seconds between two requests of one place; 10 costs 1.00 USD a month more."""

    checks: ClassVar[tuple[Check, ...]] = (_check_path_length,)


class DomainSettings(Model):
    """The name that users type, its hosted zone, and the certificates."""

    name: DomainName
    """The name that users type."""

    zone_name: DomainName
    """The DNS zone of the name: the same name, or the end of it."""

    create_zone: bool
    """Whether to create the zone; the apply then prints the name servers to enter at the parent domain."""

    delegated: bool | None = None
    """Whether the parent domain has the name servers of a created zone; false leaves out what needs a certificate."""

    zone_id: Annotated[
        str | None,
        AfterValidator(lambda value: value if value is None else _zone_id(value)),
        WithJsonSchema({"type": "string", "pattern": f"^{_ZONE_ID}$"}),
    ] = None
    """The id of the existing hosted zone, if create_zone is false."""

    alternative_names: tuple[AlternativeName, ...] = Field(
        default=(), json_schema_extra={"uniqueItems": True, "maxItems": _MAX_NAMES}
    )
    """Further names on the certificates, like "www.users.example.com", or "*.users.example.com" for all of a level."""

    delegations: Delegations = Field(default_factory=dict, json_schema_extra={"additionalProperties": False})
    """The name servers of each zone below this one: "staging.users.example.com" = ["ns-1.awsdns-00.com", ...]."""

    certificate_issuers: tuple[DomainName, ...] = Field(default=(), json_schema_extra={"uniqueItems": True})
    """Authorities besides Amazon that may issue certificates for the name and all below it, like "letsencrypt.org"."""

    dnssec: bool = False
    """Signs a created zone; the apply then prints the DS record to enter at the parent domain.

    Its key costs 1.00 USD a month.
    """

    query_logging: bool = False
    """Logs each DNS query that is answered from the zone, for 0.50 USD per GB; a zone can have one such log only."""

    health_check: HealthCheckSettings | None = None
    """Route 53's check of the site, for 1.50 USD a month; without the table there is none."""

    @property
    def needs_route_53_region(self) -> bool:
        """Whether the zone has something that Route 53 takes from one region only."""
        return self.dnssec or self.query_logging

    @property
    def is_delegated(self) -> bool:
        """Whether resolvers find the zone, so that ACM can validate names in it; an existing zone counts as found."""
        return self.delegated is not False

    @property
    def names(self) -> tuple[str, ...]:
        """All names on the certificates."""
        return (self.name, *self.alternative_names)

    checks: ClassVar[tuple[Check, ...]] = (
        _check_zone_source,
        _check_delegated,
        _check_zone,
        _check_alternative_names,
        _check_name_count,
        _check_validated_names,
        _check_unique_names,
        _check_issuers,
        _check_signed_zone,
        check_delegated_zones,
        check_names_are_not_delegated,
    )
