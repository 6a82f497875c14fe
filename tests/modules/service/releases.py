"""A stack with services that CodeDeploy deploys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from config.deployment import DeploymentSettings
from modules.service.deployment_group import DeploymentGroup
from modules.service.smoke_test import SmokeTest
from modules.service.traffic_shift import TrafficShift
from tests.modules.service.parts import Parts
from tests.template import LABEL, Template

if TYPE_CHECKING:
    from modules.service.fargate_service import FargateService

HOST = "users.example.com"


@dataclass
class Releases:
    """The stack, with its smoke test and how requests are shifted."""

    parts: Parts
    config: DeploymentSettings
    shift: TrafficShift
    smoke_test: SmokeTest

    @staticmethod
    def make(*, internal: bool = True, **deployment: Any) -> Releases:
        """A load balancer with a test listener, and the service `api` is tested."""
        parts = Parts.make(strategy="blue_green", internal=internal)
        config = DeploymentSettings.model_validate({"strategy": "blue_green"} | deployment)
        assert parts.load_balancer
        return Releases(
            parts=parts,
            config=config,
            shift=TrafficShift(parts.stack, "shift", config=config, label=LABEL),
            smoke_test=SmokeTest(
                parts.stack,
                "smoke-test",
                label=LABEL,
                vpc=parts.vpc,
                load_balancer=parts.load_balancer,
                is_public=not internal,
                host_name=HOST,
                paths={"api": ("/api/health", "/api/users")},
                key=parts.key,
                log_retention_days=30,
                topics=parts.topics,
            ),
        )

    def group(self, service: FargateService) -> DeploymentGroup:
        """The deployment group of a service."""
        return DeploymentGroup(
            self.parts.stack,
            f"{service.name}-deployment",
            config=self.config,
            label=LABEL,
            service=service,
            cluster=self.parts.cluster,
            shift=self.shift,
            smoke_test=self.smoke_test,
        )


def release_template(*, internal: bool = True, **deployment: Any) -> Template:
    """A stack with one service and its deployment group."""
    releases = Releases.make(internal=internal, **deployment)
    releases.group(releases.parts.service())
    return Template.of(releases.parts.stack)
