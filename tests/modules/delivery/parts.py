"""A small stack with what builds and pipelines need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from config.delivery import OtherEnvironment
from modules.boundary import Boundary
from modules.bucket import Bucket, BucketConfig
from modules.delivery.artifact_store import ArtifactStore
from modules.delivery.build_project import Build, BuildPlace, BuildProject
from modules.key import Key
from modules.network.vpc import Vpc
from modules.network.vpc_endpoints import GatewayEndpoints
from modules.role import Role, ServicePrincipal
from tests.fixtures import fixture_environment
from tests.template import LABEL, Template, new_stack, statements

if TYPE_CHECKING:
    from cdktf import TerraformStack

PIPELINE = "user-management-test-delivery"
OTHER = OtherEnvironment(
    name="prod",
    account_id="333333333333",
    region="us-east-1",
    project="user-management",
    repository_prefix="um",
    services=("backend", "frontend"),
)


@dataclass
class Parts:
    """The stack and its constructs."""

    stack: TerraformStack
    key: Key
    store: ArtifactStore
    role: Role

    @staticmethod
    def make(*, releases: bool = True, protect: bool = False) -> Parts:
        """A store and a role of a pipeline."""
        stack = new_stack()
        key = Key(stack, "key", label=LABEL, name="delivery", description="Releases", protect=False)
        logs = Bucket(
            stack,
            "access-logs",
            config=BucketConfig(noncurrent_version_days=1, protect=False),
            label=LABEL,
            name="access-logs-1",
            key=None,
            access_logs=None,
        )
        store = ArtifactStore(
            stack,
            "store",
            label=LABEL,
            key=key,
            access_logs=logs,
            pipeline=PIPELINE,
            protect=protect,
            releases=releases,
        )
        role = Role(
            stack,
            "role",
            label=LABEL,
            description="Tests",
            service=ServicePrincipal.CODEPIPELINE,
            boundary=Boundary.DELIVERY,
        )
        return Parts(stack, key, store, role)

    def build(self, *, has_internet: bool = True, **changes: Any) -> BuildProject:
        """A project."""
        vpc = Vpc(self.stack, "vpc", config=fixture_environment("prod").network, label=LABEL)
        values: dict[str, Any] = {"name": "backend-build", "description": "Builds", "buildspec": "version: 0.2\n"}
        place = BuildPlace(
            label=LABEL,
            vpc=vpc,
            key=self.key,
            store=self.store,
            pipeline=PIPELINE,
            repository_urls={"backend": "host/app-backend"},
            log_retention_days=30,
            gateway_endpoints=GatewayEndpoints(self.stack, "gateways", label=LABEL, vpc=vpc),
            endpoints=None,
            has_internet=has_internet,
        )
        return BuildProject(self.stack, "project", config=Build(**(values | changes)), place=place)

    def granted(self, role: str = "role") -> dict[str, dict[str, Any]]:
        """The statement of each Sid of a role."""
        policy = Template.of(self.stack).named(f"aws_iam_role_policy.{role}_permissions")["policy"]
        return {statement["Sid"]: statement for statement in statements(policy) if "Sid" in statement}
