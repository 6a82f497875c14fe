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

_EMAIL: Final = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
_HTTPS: Final = r"https://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[!-~]*)?"


def _email(value: str) -> str:
    if re.fullmatch(_EMAIL, value):
        return value
    message = 'is not a valid email address; use one like "on-call@example.com"'
    raise ValueError(message)


def _https(value: str) -> str:
    if re.fullmatch(_HTTPS, value):
        return value
    message = (
        'is not a valid endpoint; use one that starts with "https://" and has no user name and no password, '
        'like "https://events.example.com/sns"'
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
            allowed="must have at least one receiver, or nobody sees the alarms; add an address, like "
            '"on-call@example.com", or an https endpoint',
        )


class Receivers(Model):
    """Who receives the alarms of one severity."""

    emails: tuple[
        Annotated[str, AfterValidator(_email), WithJsonSchema({"type": "string", "format": "email"})], ...
    ] = Field(default=(), json_schema_extra={"uniqueItems": True})
    """Email addresses; AWS sends each a message that its owner must confirm once."""

    https: tuple[
        Annotated[str, AfterValidator(_https), WithJsonSchema({"type": "string", "pattern": f"^{_HTTPS}$"})], ...
    ] = Field(default=(), json_schema_extra={"uniqueItems": True})
    """Endpoints that confirm a subscription automatically, as on-call services do; readable in the Terraform state."""

    checks: ClassVar[tuple[Check, ...]] = (_check_unique_receivers, _check_receivers)


class NotificationsSettings(Model):
    """The topics of alarms and their receivers."""

    critical: Receivers
    """Receivers of alarms that need a person at once, also at night."""

    warning: Receivers
    """Receivers of alarms that can wait for working hours."""


def check_alarm_receivers(
    notifications: NotificationsSettings | None,
    services: Mapping[str, ServiceSettings],
    secrets: SecretsSettings | None,
    security: SecuritySettings | None,
) -> Iterator[Problem]:
    """Check that every table with alarms has topics to notify."""
    if notifications is not None:
        return
    makers = {
        "services": any(service.is_load_balanced for service in services.values()),
        "secrets": secrets is not None,
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
