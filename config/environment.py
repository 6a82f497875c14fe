"""The settings of one environment."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from config.aws import AccountId, Region, RoleArn, TagValue, role_account, validate_name
from config.backups import BackupsSettings
from config.cluster import ClusterSettings
from config.containers import check_session_paths
from config.cost import CostSettings, check_monitor_account
from config.deployment import DeploymentSettings
from config.documentdb import DocumentdbSettings
from config.domain import ROUTE_53_REGION, DomainSettings
from config.edge import VIEWER_REGION, EdgeSettings
from config.errors import Problem
from config.firewall import (
    FirewallSettings,
    check_firewall_body_limit,
    check_firewall_has_entrance,
    check_web_acl_fits,
)
from config.images import check_images
from config.load_balancer import LoadBalancerSettings
from config.logs import LogSettings
from config.model import Check, Model
from config.names import MAX_ENVIRONMENT_LENGTH, Names
from config.network import FARGATE_TASK_ENDPOINTS, NetworkSettings
from config.notifications import NotificationsSettings, check_alarm_receivers
from config.origin_name import check_origin_name, origin_name
from config.parameters import parameter_names
from config.parts import (
    check_databases,
    check_edge_has_origin,
    check_edge_timeout,
    check_health_check_has_site,
    check_health_check_is_answered,
    check_internal_load_balancer,
    check_load_balancer_has_domain,
    check_parameters,
    check_paths_have_load_balancer,
    check_spot_leaves_a_task,
    check_strategy_has_paths,
)
from config.postgres import MIN_RETENTION_DAYS, PROTECTED_BACKUP_DAYS, PostgresSettings
from config.project import PROJECT_FILE, ProjectName
from config.registry import RegistrySettings
from config.routing import CATCH_ALL, check_hidden_paths, check_static_path, check_unique_paths, check_unique_priorities
from config.secrets import SecretsSettings
from config.security import SecuritySettings
from config.service_values import ServiceName
from config.services import ServiceSettings
from config.sleep import check_sleep_is_allowed
from config.sleep_windows import check_sleep_windows
from config.state import StateSettings
from config.zone_features import (
    check_arm_zones,
    check_documentdb_region,
    check_origin_zones,
    check_proxy_zones,
    check_task_zones,
    check_zone_regions,
)


def validate_environment_name(value: str) -> str:
    """Return the name if it is a valid name of an environment."""
    if f"{value}.toml" == PROJECT_FILE:
        message = "is not a valid environment name, because the project's own file has it; use another"
        raise ValueError(message)
    return validate_name(value, what="environment name", max_length=MAX_ENVIRONMENT_LENGTH)


def _check_trail_lock(protect_data: bool, security__trail__lock_days: int | None) -> Iterator[Problem]:  # noqa: FBT001 (a setting)
    if security__trail__lock_days and not protect_data:
        yield Problem(
            key="security.trail.lock_days",
            value=security__trail__lock_days,
            allowed="must not be set where protect_data = false, because a locked trail cannot be destroyed; "
            "remove it, or set protect_data = true",
        )


def _check_role_account(account_id: str, deploy_role_arn: str | None) -> Iterator[Problem]:
    if deploy_role_arn and role_account(deploy_role_arn) != account_id:
        yield Problem(
            key="deploy_role_arn",
            value=deploy_role_arn,
            allowed=f'is not in the account "{account_id}"; use a role of that account',
        )


def _check_deploy_role(deploy_role_arn: str | None, security__github: object) -> Iterator[Problem]:
    if deploy_role_arn and security__github:
        yield Problem(
            key="deploy_role_arn",
            value=deploy_role_arn,
            allowed="cannot be set with [security.github]: the pipeline would assume it and leave the limits of its "
            "own role; remove one of them",
        )


def _check_backup_lock(protect_data: bool, backups__object_lock_days: int | None) -> Iterator[Problem]:  # noqa: FBT001 (a setting)
    if backups__object_lock_days and not protect_data:
        yield Problem(
            key="backups.object_lock_days",
            value=backups__object_lock_days,
            allowed="must not be set where protect_data = false, because locked objects cannot be destroyed; "
            "remove it, or set protect_data = true",
        )


def _check_postgres_backups(protect_data: bool, postgres__backup_retention_days: int | None) -> Iterator[Problem]:  # noqa: FBT001 (a setting)
    if protect_data:
        yield from _problems_with_backups("postgres", postgres__backup_retention_days)


def _check_documentdb_backups(protect_data: bool, documentdb__backup_retention_days: int | None) -> Iterator[Problem]:  # noqa: FBT001 (a setting)
    if protect_data:
        yield from _problems_with_backups("documentdb", documentdb__backup_retention_days)


def _problems_with_backups(database: str, days: int | None) -> Iterator[Problem]:
    # The databases' own check reports fewer days than AWS allows.
    if days is not None and MIN_RETENTION_DAYS <= days < PROTECTED_BACKUP_DAYS:
        yield Problem(
            key=f"{database}.backup_retention_days",
            value=days,
            allowed=f"must be {PROTECTED_BACKUP_DAYS} or more where protect_data = true; "
            "raise it, or set protect_data = false",
        )


def _check_service_count(services: Mapping[str, ServiceSettings]) -> Iterator[Problem]:
    if not services:
        yield Problem(key="services", allowed="must have at least one table, like [services.backend]")


def _check_endpoint_access(
    network__nat_gateways: str,
    network__interface_endpoints: Sequence[str],
    cluster__execute_command: bool,  # noqa: FBT001 (a setting)
    services: Mapping[str, ServiceSettings],
) -> Iterator[Problem]:
    if network__nat_gateways != "none":
        return
    shells = cluster__execute_command
    used = {endpoint for service in services.values() for endpoint in _used_endpoints(service, shells=shells)}
    used -= {*FARGATE_TASK_ENDPOINTS, *network__interface_endpoints}  # [network] has its own check of the former
    missing = [endpoint for endpoint in ("ssm", "xray", "ssmmessages", "kms") if endpoint in used]
    if missing:
        yield Problem(
            key="network.interface_endpoints",
            value=tuple(network__interface_endpoints),
            allowed="without NAT gateways the services cannot reach their parameters or X-Ray, "
            "and no shell opens in them; "
            f"add {', '.join(missing)}",
        )


def _used_endpoints(service: ServiceSettings, *, shells: bool) -> Iterator[str]:
    """The AWS services that a service's tasks reach by an interface endpoint or the internet; S3 has its own way."""
    yield from FARGATE_TASK_ENDPOINTS
    if service.secrets or service.parameters:
        yield "ssm"
    if service.tracing:
        yield "xray"
    if shells:
        # The agent in the task decrypts the session's key itself:
        # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
        yield from ("ssmmessages", "kms")


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
    """How long logs are kept."""

    notifications: NotificationsSettings | None = None
    """Who receives the alarms; without the table there can be no alarms."""

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

    cost: CostSettings | None = None
    """What the environment may cost, and who learns that it costs more; without the table nobody does."""

    @property
    def regions(self) -> tuple[str, ...]:
        """Every region in which the environment has resources, its own first."""
        viewers = [VIEWER_REGION] if self.edge else []
        zone = [ROUTE_53_REGION] if self.domain and self.domain.needs_route_53_region else []
        return tuple(dict.fromkeys((self.region, *viewers, *zone)))

    @property
    def names(self) -> Names:
        """The names of its resources in its own region."""
        return Names(
            project=self.project,
            environment=self.name,
            account_id=self.account_id,
            region=self.region,
            home_region=self.region,
        )

    @property
    def repository_prefix(self) -> str:
        """The start of the names of its image repositories."""
        return self.registry.repository_prefix or self.project

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
        used = _used_endpoints(service, shells=self.cluster.execute_command)
        return service.calls_internet or not set(used) <= set(self.network.interface_endpoints)

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
    def has_data(self) -> bool:
        """Whether the layer `data` has any resources."""
        return any((self.postgres, self.documentdb, self.secrets, self.backups))

    @property
    def left_out_layers(self) -> tuple[str, ...]:
        """The layers that are left out until the zone is delegated, because they need its certificate."""
        if self.domain is None or self.domain.is_delegated:
            return ()
        layers = {"service": self.load_balancer, "edge": self.edge}
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

    not_in_file: ClassVar[frozenset[str]] = frozenset({"name", "project"})

    checks: ClassVar[tuple[Check, ...]] = (
        _check_trail_lock,
        _check_role_account,
        check_zone_regions,
        check_proxy_zones,
        check_task_zones,
        check_arm_zones,
        check_origin_zones,
        check_documentdb_region,
        _check_deploy_role,
        _check_backup_lock,
        _check_postgres_backups,
        _check_documentdb_backups,
        _check_service_count,
        check_load_balancer_has_domain,
        check_edge_has_origin,
        check_origin_name,
        check_health_check_has_site,
        check_health_check_is_answered,
        check_internal_load_balancer,
        check_firewall_has_entrance,
        check_firewall_body_limit,
        check_web_acl_fits,
        check_paths_have_load_balancer,
        check_strategy_has_paths,
        check_spot_leaves_a_task,
        check_databases,
        check_parameters,
        check_images,
        check_session_paths,
        _check_endpoint_access,
        check_alarm_receivers,
        check_sleep_is_allowed,
        check_sleep_windows,
        check_unique_paths,
        check_unique_priorities,
        check_hidden_paths,
        check_static_path,
        check_edge_timeout,
        check_monitor_account,
    )
