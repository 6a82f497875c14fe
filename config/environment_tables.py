"""The tables of an environment's file."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from config.aws import AccountId, Region, RoleArn, TagValue, validate_name
from config.backups import BackupsSettings
from config.cluster import ClusterSettings
from config.cost import CostSettings
from config.delivery import DeliverySettings, OtherEnvironment
from config.deployment import DeploymentSettings
from config.documentdb import DocumentdbSettings
from config.domain import DomainSettings
from config.edge import EdgeSettings
from config.firewall import (
    FirewallSettings,
)
from config.load_balancer import LoadBalancerSettings
from config.logs import LogSettings
from config.model import Model
from config.names import MAX_ENVIRONMENT_LENGTH
from config.network import NetworkSettings
from config.notifications import NotificationsSettings
from config.observability import ObservabilitySettings
from config.postgres import PostgresSettings
from config.project import PROJECT_FILE, ProjectName
from config.recovery import RecoverySettings
from config.registry import RegistrySettings
from config.secrets import SecretsSettings
from config.security import SecuritySettings
from config.service_values import ServiceName
from config.services import ServiceSettings
from config.state import StateSettings


def validate_environment_name(value: str) -> str:
    """Return the name if it is a valid name of an environment."""
    if f"{value}.toml" == PROJECT_FILE:
        message = "is not a valid environment name, because the project's own file has it; use another"
        raise ValueError(message)
    return validate_name(value, what="environment name", max_length=MAX_ENVIRONMENT_LENGTH)


class Tags(Model):
    """Tags on every resource, for cost reports and to find the owner."""

    owner: TagValue
    """The team that is responsible for the environment."""

    cost_center: TagValue
    """The cost center that pays for it."""


class EnvironmentTables(Model):
    """What the file of an environment has, table by table."""

    project: ProjectName
    """The start of all resource names, from environments/project.toml."""

    name: Annotated[str, AfterValidator(validate_environment_name)]
    """The file's name without .toml."""

    account_id: AccountId
    """The AWS account, 12 digits in quotes."""

    region: Region
    """The AWS region of everything but the copies in the second region."""

    deploy_role_arn: RoleArn | None = None
    """Role in the account that Terraform assumes; without it the caller's own credentials are used."""

    protect_data: bool
    """Protects data from mistakes: deletion protection, final snapshots, buckets are not emptied."""

    tags: Tags
    """Tags on every resource."""

    state: StateSettings
    """The bucket that holds the Terraform state."""

    logs: LogSettings
    """How long logs are kept, and where they go besides."""

    notifications: NotificationsSettings | None = None
    """Who receives the alarms; without the table there can be no alarms."""

    observability: ObservabilitySettings | None = None
    """Dashboards and objectives; without the table there are none."""

    security: SecuritySettings | None = None
    """Audit and protection of the account; without the table there are none in this environment."""

    network: NetworkSettings
    """The VPC and its subnets and endpoints."""

    postgres: PostgresSettings | None = None
    """The relational database, PostgreSQL on RDS; without the table there is none."""

    documentdb: DocumentdbSettings | None = None
    """The document database, DocumentDB; without the table there is none."""

    secrets: SecretsSettings | None = None
    """The secrets of the services; without the table there are only the databases' credentials."""

    backups: BackupsSettings | None = None
    """The bucket for backups; without the table there is none."""

    domain: DomainSettings | None = None
    """The name that users type, its zone and the certificates; without the table there are none."""

    edge: EdgeSettings | None = None
    """CloudFront before the load balancer; without the table users connect to the load balancer itself."""

    firewall: FirewallSettings | None = None
    """AWS WAF before CloudFront, else before the public load balancer; without the table there is none.

    It costs 5.00 USD a month, 1.00 USD for each rule or group of rules, and 0.60 USD for a million requests.
    """

    registry: RegistrySettings
    """The image repositories, one per service."""

    cluster: ClusterSettings
    """The ECS cluster that runs the services."""

    load_balancer: LoadBalancerSettings | None = None
    """The load balancer before the services; without the table no service takes requests.

    It costs about 16 USD a month, 5.84 USD for each unit of capacity, and 3.65 USD for each public address.
    """

    deployment: DeploymentSettings = Field(default_factory=DeploymentSettings)
    """How a new version of a service replaces the old one; without the table ECS replaces task by task."""

    services: Mapping[ServiceName, ServiceSettings] = Field(
        json_schema_extra={"additionalProperties": False, "minProperties": 1}
    )
    """The services on the cluster, one [services.<name>] table each."""

    delivery: DeliverySettings | None = None
    """The pipeline that builds, tests and deploys the services; without the table there is none."""

    standby_of: Region | None = None
    """The environment's own region, in the settings for its second one."""

    release_source: OtherEnvironment | None = None
    """The environment that [delivery] takes releases over from, from its own file."""

    release_targets: tuple[OtherEnvironment, ...] = ()
    """The environments that take releases over from this one, from their own files."""

    cost: CostSettings | None = None
    """Budget, reports of unusual costs, tags for the bill and sleep schedule; without the table there are none."""

    recovery: RecoverySettings | None = None
    """Backups by AWS Backup, and copies of all data in a second region; without it only the databases' own backups."""

    not_in_file: ClassVar[frozenset[str]] = frozenset(
        {"name", "project", "standby_of", "release_source", "release_targets"}
    )
