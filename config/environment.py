"""The settings of one environment."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from config.aws import AccountId, Region, RoleArn, TagValue, validate_name
from config.backups import BackupsSettings
from config.cluster import ClusterSettings
from config.copies import CopiedStore, copied_stores
from config.cost import CostSettings
from config.database_roles import DatabaseRole, database_roles, drill_role
from config.delivery import DeliverySettings, OtherEnvironment
from config.deployment import DeploymentSettings
from config.documentdb import DocumentdbSettings
from config.domain import ROUTE_53_REGION, DomainSettings
from config.edge import VIEWER_REGION, EdgeSettings
from config.environment_checks import CHECKS, role_endpoints, used_endpoints
from config.errors import Problem
from config.firewall import (
    FirewallSettings,
)
from config.load_balancer import LoadBalancerSettings
from config.log_destinations import destination_region
from config.logs import LogSettings
from config.model import Check, Model
from config.names import MAX_ENVIRONMENT_LENGTH, Names
from config.network import NetworkSettings
from config.notifications import NotificationsSettings
from config.observability import ObservabilitySettings
from config.origin_name import origin_name
from config.parameters import parameter_names
from config.postgres import PostgresSettings
from config.project import PROJECT_FILE, ProjectName
from config.recovery import RecoverySettings
from config.recovery_drills import RESTORE_READER
from config.registries import repository_names
from config.registry import RegistrySettings
from config.release_window import ReleaseWindow, release_window
from config.routing import CATCH_ALL
from config.secrets import SecretsSettings
from config.security import SecuritySettings
from config.service_values import ServiceName
from config.services import ServiceSettings
from config.smoke_tests import smoke_test_endpoints
from config.standby import STANDBY_MODES
from config.standby_environment import standby_environment, standby_problems
from config.standby_traffic import nearest_name, nearest_services
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


class Environment(Model):
    """The settings of one environment, from environments/<name>.toml."""

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

    @property
    def home_region(self) -> str:
        """The environment's own region, also in the settings for its second one."""
        return self.standby_of or self.region

    @property
    def recovery_region(self) -> str | None:
        """The region of the copies; None if there are none."""
        return self.recovery.region if self.recovery and self.recovery.mode != "none" else None

    @property
    def standby_region(self) -> str | None:
        """The region that can serve instead of the environment's own; None without [recovery.standby]."""
        return self.recovery_region if self.recovery and self.recovery.standby else None

    @property
    def nearest_name(self) -> str | None:
        """The name that leads to the nearer of two load balancers; None unless CloudFront is before both."""
        is_active = self.standby_region and self.recovery and self.recovery.mode == "active"
        return nearest_name(self.domain.name) if is_active and self.edge and self.domain else None

    @property
    def checked_paths(self) -> tuple[str, ...]:
        """The paths by which Route 53 finds a region able to answer; none unless the nearer one answers."""
        if self.standby_region is None or self.recovery is None or self.recovery.mode != "active":
            return ()
        found = [path for one in nearest_services(self.services).values() for path in one.tested_paths]
        return tuple(dict.fromkeys(found))

    @property
    def copied_stores(self) -> tuple[CopiedStore, ...]:
        """What has copies in the second region; nothing without one."""
        if self.recovery is None or self.recovery_region is None:
            return ()
        return tuple(
            copied_stores(
                self.recovery.targets,
                postgres=self.postgres is not None,
                documentdb=self.documentdb is not None,
                secrets=self.secrets is not None,
                backups=self.backups is not None,
                assets=self.has_assets,
                trail=self.has_trail,
            )
        )

    @property
    def regions(self) -> tuple[str, ...]:
        """Every region in which the environment has resources, its own first."""
        viewers = [VIEWER_REGION] if self.edge else []
        zone = [ROUTE_53_REGION] if self.needs_route_53_stack else []
        copies = [self.recovery_region] if self.recovery_region else []
        return tuple(dict.fromkeys((self.region, *viewers, *zone, *copies)))

    @property
    def release_window(self) -> ReleaseWindow | None:
        """When a release may change something; None if it always may."""
        return release_window(self.delivery.freeze if self.delivery else None, self.cost.sleep if self.cost else None)

    def log_destination(self, region: str) -> str | None:
        """ARN of the destination to which log groups of a region are forwarded; None if they are not."""
        return next((arn for arn in self.logs.forward_to if destination_region(arn) == region), None)

    @property
    def needs_route_53_stack(self) -> bool:
        """Whether the layer `domain` has a stack of its own for what Route 53 takes from its region only."""
        return (
            self.region != ROUTE_53_REGION
            and self.domain is not None
            and (self.domain.needs_route_53_region or self.checks_site_in_route_53_stack)
        )

    @property
    def checks_site_in_route_53_stack(self) -> bool:
        """Whether that stack has the check of the site: CloudFront's is in the layer `edge`, in the same region."""
        return (
            self.region != ROUTE_53_REGION
            and self.domain is not None
            and self.domain.health_check is not None
            and self.edge is None
            and "service" not in self.left_out_layers
        )

    @property
    def names(self) -> Names:
        """The names of its resources in its own region."""
        return Names(
            project=self.project,
            environment=self.name,
            account_id=self.account_id,
            region=self.region,
            home_region=self.home_region,
        )

    @property
    def repository_prefix(self) -> str:
        """The start of the names of its image repositories."""
        return self.registry.repository_prefix or self.project

    @property
    def repository_names(self) -> tuple[str, ...]:
        """The names of the image repositories of its services."""
        return repository_names(self.repository_prefix, self.services)

    @property
    def service_paths(self) -> tuple[str, ...]:
        """The paths of the services, in the order of their rules, without the one of all pages."""
        served = sorted(
            (service.priority, service.path_patterns)
            for service in self.services.values()
            if service.priority is not None
        )
        return tuple(pattern for _, patterns in served for pattern in patterns if pattern not in CATCH_ALL)

    def needs_internet(self, service: ServiceSettings) -> bool:
        """Whether tasks of a service go out to the internet: for the application, or to AWS without an endpoint."""
        if self.network.nat_gateways == "none":
            return False
        used = used_endpoints(service, shells=self.cluster.execute_command)
        return service.calls_internet or not set(used) <= set(self.network.interface_endpoints)

    @property
    def role_functions_need_internet(self) -> bool:
        """Whether the functions that keep the databases' roles go out to the internet: to AWS without an endpoint."""
        used = role_endpoints(sleeps=self.cost is not None and self.cost.sleep is not None)
        return self.network.nat_gateways != "none" and not set(used) <= set(self.network.interface_endpoints)

    @property
    def smoke_test_needs_internet(self) -> bool:
        """Whether the function that tests a new version goes out to the internet: to AWS without an endpoint."""
        used = smoke_test_endpoints(is_public=self.has_public_load_balancer)
        return self.network.nat_gateways != "none" and not set(used) <= set(self.network.interface_endpoints)

    @property
    def has_public_load_balancer(self) -> bool:
        """Whether the load balancer has public addresses; a VPC origin of CloudFront reaches an internal one."""
        is_public = self.edge is None or self.edge.origin == "public"
        return self.load_balancer is not None and is_public and "service" not in self.left_out_layers

    @property
    def origin_name(self) -> str | None:
        """The name under which CloudFront reaches the load balancer; None without CloudFront."""
        return origin_name(self.domain.name) if self.edge and self.domain else None

    @property
    def firewall_region(self) -> str | None:
        """The region of the web ACL that the settings make; None if they make none."""
        if self.firewall is None or self.firewall.web_acl_arn:
            return None
        return VIEWER_REGION if self.edge else self.region

    @property
    def firewall_regions(self) -> tuple[str, ...]:
        """Every region with a web ACL: also the second one, if a load balancer there has one of its own."""
        first = self.firewall_region
        there = standby_environment(self)
        second = there.firewall_region if there else None
        return tuple(dict.fromkeys(region for region in (first, second) if region))

    @property
    def has_assets(self) -> bool:
        """Whether there is a bucket of static files: with CloudFront, once its layer is not left out any more."""
        return self.edge is not None and "edge" not in self.left_out_layers

    @property
    def has_trail(self) -> bool:
        """Whether the account has a trail of CloudTrail, which EventBridge gets calls from."""
        return self.security is not None and self.security.trail is not None

    @property
    def has_data(self) -> bool:
        """Whether the layer `data` has any resources."""
        return any((self.postgres, self.documentdb, self.secrets, self.backups))

    @property
    def has_postgres_replica(self) -> bool:
        """Whether PostgreSQL has a read replica in the second region."""
        standby = self.recovery.standby if self.recovery else None
        return self.postgres is not None and self.has_data_there and standby is not None and standby.postgres_replica

    @property
    def has_data_there(self) -> bool:
        """Whether what follows the databases is in the second region also while the environment's own one serves."""
        return self.recovery is not None and self.recovery.mode in STANDBY_MODES

    @property
    def postgres_roles(self) -> tuple[DatabaseRole, ...]:
        """The roles of PostgreSQL, `owner` first; none without the database."""
        if self.postgres is None:
            return ()
        has_proxy = self.postgres.proxy is not None
        roles = database_roles("postgres", self.postgres.roles, self.services, has_proxy=has_proxy)
        arn = self.restore_reader_arn
        return (*roles, drill_role("postgres", role_arn=arn)) if arn else roles

    @property
    def documentdb_roles(self) -> tuple[DatabaseRole, ...]:
        """The roles of DocumentDB, `owner` first; none without the database."""
        if self.documentdb is None:
            return ()
        roles, arn = database_roles("documentdb", self.documentdb.roles, self.services), self.restore_reader_arn
        return (*roles, drill_role("documentdb", role_arn=arn)) if arn else roles

    @property
    def restore_reader_arn(self) -> str | None:
        """ARN of the role of IAM with which restore drills read; None without drills."""
        if self.recovery is None or self.recovery.drills is None or self.recovery_region is None:
            return None
        there = replace(self.names, region=self.recovery_region)
        name = there.role_name(RESTORE_READER)
        return f"arn:aws:iam::{self.account_id}:role/{name}"

    @property
    def left_out_layers(self) -> tuple[str, ...]:
        """The layers that are left out until the zone is delegated, because they need its certificate."""
        if self.domain is None or self.domain.is_delegated:
            return ()
        layers = {
            "service": self.load_balancer,
            "edge": self.edge,
            "delivery": self.delivery if self.load_balancer else None,
            "observability": self.observability if self.load_balancer else None,
        }
        return tuple(layer for layer, table in layers.items() if table is not None)

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """The parameters that a service can request, as its settings name them: `postgres/url`, `jwt/current`."""
        databases = [name for name, table in (("postgres", self.postgres), ("documentdb", self.documentdb)) if table]
        return parameter_names(
            databases=databases,
            replicas=self.postgres.replicas if self.postgres else 0,
            api_keys=self.secrets.api_keys if self.secrets else None,
        )

    def problems(self) -> Iterator[Problem]:
        """Yield also what the tables lack in the second region."""
        yield from super().problems()
        yield from standby_problems(self)

    not_in_file: ClassVar[frozenset[str]] = frozenset(
        {"name", "project", "standby_of", "release_source", "release_targets"}
    )

    checks: ClassVar[tuple[Check, ...]] = CHECKS
