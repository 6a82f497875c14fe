"""A small stack with everything a service needs, for tests of the layer `service`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from config.cluster import ClusterSettings
from config.deployment import DeploymentSettings
from config.load_balancer import LoadBalancerSettings
from config.registry import RegistrySettings
from config.services import ServiceSettings
from modules.bucket import Bucket, BucketConfig
from modules.image_cache import Image
from modules.key import Key
from modules.network.vpc import Vpc
from modules.repository import Repository
from modules.service.cluster import Cluster
from modules.service.deployment_strategy import strategy_for
from modules.service.fargate_service import FargateService
from modules.service.load_balancer import LoadBalancer
from modules.suppressor import Suppressor
from tests.fixtures import fixture_environment
from tests.modules.topics import topics_in
from tests.template import LABEL, Template, new_stack, statements

if TYPE_CHECKING:
    from cdktf import TerraformStack

    from modules.service.release import Release
    from modules.topic import Topics

REGISTRY = RegistrySettings(keep_builds=5, untagged_days=3, scanning="basic")

REGISTRY_HOST = "444444444444.dkr.ecr.us-east-1.amazonaws.com"
IMAGES = {
    name: Image(
        uri=f"{REGISTRY_HOST}/copies/{name}:1",
        repository_arn=f"arn:aws:ecr:us-east-1:444444444444:repository/copies/{name}",
        is_copy=True,
    )
    for name in ("placeholder", "collector")
}


def settings(**changes: Any) -> ServiceSettings:
    """A service behind the load balancer at /api/*."""
    values: dict[str, Any] = {
        "min_count": 2,
        "max_count": 6,
        "cpu_units": 512,
        "memory_mib": 1024,
        "path_patterns": ("/api/*",),
        "priority": 100,
    }
    return ServiceSettings(**(values | changes))


def cluster_settings(**changes: Any) -> ClusterSettings:
    """A cluster without shells."""
    values: dict[str, Any] = {"container_insights": "enhanced", "execute_command": False}
    return ClusterSettings(**(values | changes))


@dataclass
class Parts:
    """The stack and its constructs."""

    stack: TerraformStack
    vpc: Vpc
    key: Key
    access_logs: Bucket
    cluster: Cluster
    load_balancer: LoadBalancer | None
    topics: Topics
    deployment: DeploymentSettings

    @staticmethod
    def make(
        *,
        strategy: str = "rolling",
        internal: bool = True,
        protect: bool = False,
        cluster: ClusterSettings | None = None,
        load_balancer_settings: LoadBalancerSettings | None = None,
        sleeps: bool = False,
    ) -> Parts:
        """Create everything but a service."""
        stack = new_stack()
        vpc = Vpc(stack, "vpc", config=fixture_environment("prod").network, label=LABEL)
        key = Key(stack, "key", label=LABEL, name="service", description="Service", protect=protect)
        bucket = BucketConfig(noncurrent_version_days=1, protect=protect)
        access_logs = Bucket(
            stack, "access-logs", config=bucket, label=LABEL, name="access-logs-1", key=None, access_logs=None
        )
        topics = replace(topics_in(stack), suppressor=Suppressor("asleep") if sleeps else None)
        deployment = DeploymentSettings.model_validate({"strategy": strategy})
        load_balancer = LoadBalancer(
            stack,
            "load-balancer",
            config=load_balancer_settings or LoadBalancerSettings(),
            label=LABEL,
            vpc=vpc,
            internal=internal,
            certificate_arn="arn:aws:acm:us-east-1:444444444444:certificate/one",
            strategy=strategy_for(deployment, is_load_balanced=True),
            access_logs=access_logs,
            log_retention_days=30,
            protect=protect,
            max_error_percent=deployment.max_error_percent,
            topics=topics,
        )
        if not internal:
            load_balancer.allow_from_internet()
        return Parts(
            stack=stack,
            vpc=vpc,
            key=key,
            access_logs=access_logs,
            cluster=Cluster(
                stack,
                "cluster",
                config=cluster or cluster_settings(),
                label=LABEL,
                key=key,
                log_retention_days=30,
            ),
            load_balancer=load_balancer,
            topics=topics,
            deployment=deployment,
        )

    def service(
        self,
        name: str = "api",
        *,
        secrets: dict[str, str] | None = None,
        parameters: dict[str, str] | None = None,
        backups: Bucket | None = None,
        release: Release | None = None,
        **changes: Any,
    ) -> FargateService:
        """Create a service with these settings."""
        repository = Repository(
            self.stack,
            f"{name}-images",
            config=REGISTRY,
            prefix="user-management",
            service=name,
            key=self.key,
            protect=False,
        )
        return FargateService(
            self.stack,
            name,
            config=settings(**changes),
            deployment=self.deployment,
            label=LABEL,
            name=name,
            vpc=self.vpc,
            cluster=self.cluster,
            load_balancer=self.load_balancer,
            repository=repository,
            images=IMAGES,
            secrets=secrets or {},
            parameters=parameters or {},
            backups=backups,
            key=self.key,
            topics=self.topics,
            release=release,
        )


def service_template(**changes: Any) -> Template:
    """A stack with one service with these settings."""
    parts = Parts.make()
    parts.service(**changes)
    return Template.of(parts.stack)


def policy(made: Template, role: str) -> list[dict[str, Any]]:
    return statements(made.named(f"aws_iam_role_policy.api_{role}_permissions")["policy"])


def actions(found: list[dict[str, Any]]) -> set[str]:
    return {a for s in found for a in ([s["Action"]] if isinstance(s["Action"], str) else s["Action"])}
