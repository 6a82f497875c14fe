"""Route 53's check of one region's load balancer, for names that lead to the nearer of two."""

from __future__ import annotations

import hashlib
import re
from functools import cached_property
from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.route53_health_check import Route53HealthCheck
from constructs import Construct

from modules.errors import WiringError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modules.label import Label

_HTTPS: Final = 443
_FAILURES: Final = 3
_INTERVAL_SECONDS: Final = 30


class BalancerCheck(Construct):
    """HTTPS requests to a load balancer by its own name, healthy while each path is answered with 2xx or 3xx.

    By its own name: the environment's leads to both regions. The certificate does not have it, which a checker does not
    compare: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html
    """

    def __init__(self, scope: Construct, id_: str, *, label: Label, host_name: str, paths: Sequence[str]) -> None:
        """Create the check of each path, and the one of all if there are several.

        Args:
            label: Tags them.
            host_name: The load balancer's name at AWS.
            paths: What it asks for, of each service that answers there.

        Raises:
            WiringError: There are no paths.
        """
        super().__init__(scope, id_)
        if not paths:
            raise WiringError(self, "it has no path to ask for; a service without a database must have paths")
        checks = [
            Route53HealthCheck(
                self,
                f"path-{_word(path)}",  # by what it asks for, so that a further path changes none of the others
                type="HTTPS",
                fqdn=host_name,
                port=_HTTPS,
                enable_sni=True,
                resource_path=path,
                request_interval=_INTERVAL_SECONDS,
                failure_threshold=_FAILURES,
                tags=label.name_tag("nearest"),
            )
            for path in paths
        ]
        self._check = checks[0]
        if len(checks) > 1:
            self._check = Route53HealthCheck(
                self,
                "Default",
                type="CALCULATED",
                child_health_threshold=len(checks),
                child_healthchecks=[check.id for check in checks],
                tags=label.name_tag("nearest"),
            )

    @cached_property
    def id(self) -> str:
        """Id of the check, for records."""
        return self._check.id


def _word(path: str) -> str:
    """A word for the address of a check: like the path, and unlike that of any other one."""
    readable = re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-")
    return f"{readable or 'root'}-{hashlib.sha256(path.encode()).hexdigest()[:8]}"
