"""The regions of an environment, and what it has in which of them."""

from config.copies import CopiedStore, copied_stores
from config.domain import ROUTE_53_REGION
from config.edge import VIEWER_REGION
from config.environment_tables import EnvironmentTables
from config.log_destinations import destination_region
from config.standby import STANDBY_MODES
from config.standby_traffic import nearest_name, nearest_services


class EnvironmentRegions(EnvironmentTables):
    """What the tables say about regions: its own, that of its copies, and those of CloudFront and Route 53."""

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
    def switched_region(self) -> str | None:
        """The region that the names can lead to instead; None if no service has a name, so that nothing is switched."""
        return self.standby_region if self.load_balancer else None

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
    def regions(self) -> tuple[str, ...]:
        """Every region in which the environment has resources, its own first."""
        viewers = [VIEWER_REGION] if self.edge else []
        zone = [ROUTE_53_REGION] if self.needs_route_53_stack else []
        copies = [self.recovery_region] if self.recovery_region else []
        return tuple(dict.fromkeys((self.region, *viewers, *zone, *copies)))

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
    def firewall_region(self) -> str | None:
        """The region of the web ACL that the settings make; None if they make none."""
        if self.firewall is None or self.firewall.web_acl_arn:
            return None
        return VIEWER_REGION if self.edge else self.region

    def log_destination(self, region: str) -> str | None:
        """ARN of the destination to which log groups of a region are forwarded; None if they are not."""
        return next((arn for arn in self.logs.forward_to if destination_region(arn) == region), None)

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
    def has_assets(self) -> bool:
        """Whether there is a bucket of static files: with CloudFront, once its layer is not left out any more."""
        return self.edge is not None and "edge" not in self.left_out_layers

    @property
    def has_trail(self) -> bool:
        """Whether the account has a trail of CloudTrail, which EventBridge gets calls from."""
        return self.security is not None and self.security.trail is not None

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
