"""Settings of the layer `notifications`: who receives the alarms."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, ClassVar, Final

from pydantic import AfterValidator, Field, WithJsonSchema

from config.errors import Problem
from config.model import Check, Model
from config.secrets import SecretsSettings
from config.security import SecuritySettings
from config.services import ServiceSettings

_LOCAL_PART: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_HOST_LABEL: Final = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL: Final = rf"{_LOCAL_PART}@({_HOST_LABEL}\.)+[A-Za-z]{{2,63}}"
_HTTPS: Final = rf"https://{_HOST_LABEL}(\.{_HOST_LABEL})*(:[0-9]{{1,5}})?(/[!-~]*)?"
_MAX_LOCAL_PART_LENGTH: Final = 64
"""https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1.1"""
_MAX_HOST_LENGTH: Final = 253
"""https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4 (255 octets, two of which a name in text does not have)"""
_MAX_PORT: Final = 65_535
"""https://www.rfc-editor.org/rfc/rfc9293#section-3.1 (a 16-bit number)"""


def _email(value: str) -> str:
    local_part, _, host = value.rpartition("@")
    if _has_misplaced_dot(local_part):
        message = 'has a dot at the start or end of the part before "@", or two dots in a row there; remove it'
        raise ValueError(message)
    if not re.fullmatch(_EMAIL, value):
        message = 'is not a valid email address; use one like "on-call@example.com"'
        raise ValueError(message)
    if len(local_part) > _MAX_LOCAL_PART_LENGTH:
        message = (
            f'has {len(local_part)} characters before "@"; it must have {_MAX_LOCAL_PART_LENGTH} or fewer: '
            "use a shorter address"
        )
        raise ValueError(message)
    _require_host_length(host)
    return value


def _https(value: str) -> str:
    if not re.fullmatch(_HTTPS, value):
        message = (
            'is not a valid endpoint; use one that starts with "https://" and a host name, and has no user name and '
            'no password, like "https://events.example.com/sns"'
        )
        raise ValueError(message)
    host, _, port = value.removeprefix("https://").partition("/")[0].partition(":")
    _require_host_length(host)
    if port and not 1 <= int(port) <= _MAX_PORT:
        message = f"has the port {port}; a port must be from 1 to {_MAX_PORT}: correct it, or remove it to use 443"
        raise ValueError(message)
    return value


def _has_misplaced_dot(local_part: str) -> bool:
    return local_part.startswith(".") or local_part.endswith(".") or ".." in local_part


def _require_host_length(host: str) -> None:
    if len(host) > _MAX_HOST_LENGTH:
        message = (
            f"has a host name of {len(host)} characters; it must have {_MAX_HOST_LENGTH} or fewer: use a shorter one"
        )
        raise ValueError(message)


def _check_unique_receivers(emails: Sequence[str], https: Sequence[str]) -> Iterator[Problem]:
    for key, values in (("emails", emails), ("https", https)):
        for index, value in enumerate(values):
            if value in values[:index]:
                yield Problem(key=f"{key}[{index}]", value=value, allowed="is listed twice; remove one")


def _check_receivers(emails: Sequence[str], https: Sequence[str]) -> Iterator[Problem]:
    if not emails and not https:
        yield Problem(
            key="emails",
            allowed='must have at least one receiver; add an address, like "on-call@example.com", or an https endpoint',
        )


class Receivers(Model):
    """Who receives the messages of one severity."""

    emails: tuple[
        Annotated[str, AfterValidator(_email), WithJsonSchema({"type": "string", "format": "email"})], ...
    ] = Field(default=(), json_schema_extra={"uniqueItems": True})
    """Email addresses; AWS sends each a message that its owner must confirm once."""

    https: tuple[
        Annotated[str, AfterValidator(_https), WithJsonSchema({"type": "string", "pattern": f"^{_HTTPS}$"})], ...
    ] = Field(default=(), json_schema_extra={"uniqueItems": True})
    """Endpoints that confirm a subscription automatically, as on-call services do; readable in the Terraform state."""

    # An on-call service is told by a key in the address which of its customers calls, and SNS has nothing else to send.
    judged_alone: ClassVar[frozenset[str]] = frozenset({"https"})

    checks: ClassVar[tuple[Check, ...]] = (_check_unique_receivers, _check_receivers)


class NotificationsSettings(Model):
    """The topics of alarms and their receivers."""

    critical: Receivers
    """Receivers of alarms that need a person at once, also at night."""

    warning: Receivers
    """Receivers of alarms that can wait for working hours."""

    info: Receivers | None = None
    """Receivers of messages that need no action, on deployments and scaling; without the table none are sent."""


def check_alarm_receivers(
    *,
    notifications: NotificationsSettings | None,
    services: Mapping[str, ServiceSettings],
    postgres: object,
    documentdb: object,
    secrets: SecretsSettings | None,
    security: SecuritySettings | None,
    load_balancer: object,
    domain__dnssec: object,
    observability: object,
    cost__anomaly_detection: object,
    cost__budget: object,
    cost__sleep: object,
    recovery: object,
) -> Iterator[Problem]:
    """Check that every table with alarms has topics to notify."""
    if notifications is not None:
        return
    makers = {
        "services": any(service.is_load_balanced for service in services.values()),
        "load_balancer": load_balancer is not None,
        "postgres": postgres is not None,
        "documentdb": documentdb is not None,
        "secrets": secrets is not None,
        "domain.dnssec": bool(domain__dnssec),
        "observability": observability is not None,
        "cost.anomaly_detection": cost__anomaly_detection is not None,
        "cost.budget": cost__budget is not None,
        "cost.sleep": cost__sleep is not None,
        "recovery": recovery is not None,
        "security.cis_alarms": security is not None and security.cis_alarms,
        "security.threat_detection": security is not None and security.threat_detection is not None,
    }
    named = ", ".join(name for name, makes_alarms in makers.items() if makes_alarms)
    if named:
        yield Problem(
            key="notifications",
            allowed=f"is missing, but {named} has alarms; add [notifications.critical] and "
            "[notifications.warning], each with emails = [...]",
        )
