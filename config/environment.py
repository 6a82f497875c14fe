"""One environment: everything that makes it differ from another."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, ClassVar, Final

from pydantic import AfterValidator, Field

from config.aws import (
    AccountId,
    DomainName,
    Region,
    RoleArn,
    TagValue,
    account_of,
    checked_name,
    is_zone_of,
)
from config.backups import BackupsSettings
from config.documentdb import DocumentdbSettings
from config.errors import Problem
from config.model import Check, Model
from config.network import NetworkSettings, Zone
from config.postgres import PostgresSettings
from config.secrets import SecretsSettings
from config.security import SecuritySettings
from config.services import ServiceName, ServiceSettings
from config.state import StateSettings

_NAME_LENGTH: Final = 16


def environment_name(value: str) -> str:
    """Return the name if an environment may have it."""
    return checked_name(value, what="environment name", max_length=_NAME_LENGTH)


def _zones_are_in_the_region(region: str, network__zones: Sequence[Zone]) -> Iterator[Problem]:
    for index, zone in enumerate(network__zones):
        if not is_zone_of(zone.name, region):
            yield Problem(
                key=f"network.zones[{index}].name",
                value=zone.name,
                allowed=f'is not in the region "{region}"; name a zone like "{region}a"',
            )


def _locked_trail_is_protected(protect_data: bool, security__trail__lock_days: int | None) -> Iterator[Problem]:  # noqa: FBT001 (a setting)
    if security__trail__lock_days and not protect_data:
        yield Problem(
            key="security.trail.lock_days",
            value=security__trail__lock_days,
            allowed="a locked trail keeps an environment with protect_data = false from being torn down; "
            "remove it, or protect the data",
        )


def _role_is_in_the_account(account_id: str, deploy_role_arn: str | None) -> Iterator[Problem]:
    if deploy_role_arn and account_of(deploy_role_arn) != account_id:
        yield Problem(
            key="deploy_role_arn",
            value=deploy_role_arn,
            allowed=f'is not in the account "{account_id}"; name a role of that account',
        )


def _locked_backups_are_protected(protect_data: bool, backups__object_lock_days: int | None) -> Iterator[Problem]:  # noqa: FBT001 (a setting)
    if backups__object_lock_days and not protect_data:
        yield Problem(
            key="backups.object_lock_days",
            value=backups__object_lock_days,
            allowed="locked objects keep an environment with protect_data = false from being torn down; "
            "remove it, or protect the data",
        )


def _there_is_a_service(services: Mapping[str, ServiceSettings]) -> Iterator[Problem]:
    if not services:
        yield Problem(key="services", allowed="is empty; add a table like [services.backend]")


class Tags(Model):
    """Tags on every resource, for cost reports and for the question whom to call."""

    owner: TagValue
    """The team that answers for the environment."""

    cost_center: TagValue
    """Where its cost is booked."""


class Environment(Model):
    """The settings of one environment, from environments/<name>.toml."""

    name: Annotated[str, AfterValidator(environment_name)]
    """The file's name without .toml."""

    account_id: AccountId
    """The AWS account, 12 digits in quotes."""

    region: Region
    """The AWS region of everything but the second region's copies."""

    deploy_role_arn: RoleArn | None = None
    """Role in the account that Terraform assumes; without it the caller's own credentials are used."""

    protect_data: bool
    """Whether data outlives mistakes: deletion protection, final snapshots, no emptying of buckets."""

    domain_name: DomainName
    """The name that users type."""

    tags: Tags
    """Tags on every resource."""

    state: StateSettings
    """The bucket that holds the Terraform state."""

    security: SecuritySettings
    """What watches and closes the account."""

    network: NetworkSettings
    """The VPC and what is in it."""

    postgres: PostgresSettings
    """The relational database, PostgreSQL on RDS."""

    documentdb: DocumentdbSettings
    """The document database, DocumentDB."""

    secrets: SecretsSettings
    """What services must know and nobody else may."""

    backups: BackupsSettings
    """The bucket for backups."""

    services: Mapping[ServiceName, ServiceSettings] = Field(
        json_schema_extra={"additionalProperties": False, "minProperties": 1}
    )
    """The services on the cluster; another service is another [services.<name>] table."""

    checks: ClassVar[tuple[Check, ...]] = (
        _locked_trail_is_protected,
        _role_is_in_the_account,
        _zones_are_in_the_region,
        _locked_backups_are_protected,
        _there_is_a_service,
    )
