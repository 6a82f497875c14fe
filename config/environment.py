"""The settings of one environment."""

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from config.database_roles import DatabaseRole, database_roles, drill_role
from config.environment_checks import CHECKS, TUNNEL_ENDPOINTS, role_endpoints, used_endpoints
from config.environment_regions import EnvironmentRegions
from config.errors import Problem
from config.model import Check
from config.names import Names
from config.network import FARGATE_TASK_ENDPOINTS
from config.origin_name import origin_name
from config.parameters import parameter_names
from config.recovery_drills import RESTORE_READER
from config.registries import repository_names
from config.release_window import ReleaseWindow, release_window
from config.routing import CATCH_ALL
from config.services import ServiceSettings
from config.smoke_tests import smoke_test_endpoints
from config.standby_environment import standby_environment, standby_problems


class Environment(EnvironmentRegions):
    """The settings of one environment, from environments/<name>.toml."""

    @property
    def release_window(self) -> ReleaseWindow | None:
        """When a release may change something; None if it always may."""
        return release_window(self.delivery.freeze if self.delivery else None, self.cost.sleep if self.cost else None)

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
    def has_tunnel(self) -> bool:
        """Whether people can open a tunnel to a database: there is one, and its task reaches Session Manager.

        A service must be there, too: its task runs on the architecture that a service has, which each zone offers.
        """
        reaches = self.network.nat_gateways != "none" or set(TUNNEL_ENDPOINTS) <= set(self.network.interface_endpoints)
        has_database = self.postgres is not None or self.documentdb is not None
        return self.cluster.tunnels and reaches and has_database and bool(self.services)

    @property
    def tunnel_needs_internet(self) -> bool:
        """Whether the task of a tunnel goes out to the internet: to AWS without an endpoint."""
        used = {*FARGATE_TASK_ENDPOINTS, *TUNNEL_ENDPOINTS}
        return self.network.nat_gateways != "none" and not used <= set(self.network.interface_endpoints)

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
    def firewall_regions(self) -> tuple[str, ...]:
        """Every region with a web ACL: also the second one, if a load balancer there has one of its own."""
        first = self.firewall_region
        there = standby_environment(self)
        second = there.firewall_region if there else None
        return tuple(dict.fromkeys(region for region in (first, second) if region))

    @property
    def has_data(self) -> bool:
        """Whether the layer `data` has any resources."""
        return any((self.postgres, self.documentdb, self.secrets, self.backups))

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

    checks: ClassVar[tuple[Check, ...]] = CHECKS
