"""Settings of deployments: how a new version replaces the old one."""

from typing import Final, Literal

from pydantic import Field

from config.images import ContainerImage
from config.model import Model

UPDATABLE_WITH_CODEDEPLOY: Final = frozenset(
    {
        "deployment_maximum_percent",
        "deployment_minimum_healthy_percent",
        "desired_count",
        "enable_ecs_managed_tags",
        "health_check_grace_period_seconds",
        "ordered_placement_strategy",
        "placement_constraints",
        "propagate_tags",
    }
)
"""All that AWS lets an update of a service change whose deployments CodeDeploy makes.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
"""


class DeploymentSettings(Model):
    """How a new version of a service replaces the old one, and when it is rolled back."""

    strategy: Literal["rolling", "blue_green"] = "rolling"
    """rolling: ECS replaces task by task. blue_green: CodeDeploy starts all beside the old and shifts the traffic."""

    test_port: int = Field(default=8443, ge=1024, le=65_535)
    """Port on which blue_green offers the new version for tests before users see it; it is not open to users."""

    max_error_percent: int = Field(default=5, ge=1, le=100)
    """Share of requests with a 5xx response, over three minutes, at which a deployment is rolled back."""

    max_p95_ms: int = Field(default=1000, ge=10, le=60_000)
    """95th percentile of the response time, over three minutes, at which a deployment is rolled back."""

    placeholder_image: ContainerImage = "public.ecr.aws/docker/library/python:3.13-slim"
    """Image until the first release, by tag or by digest: any with python3 and openssl.

    ECR keeps a copy in the account's registry, where a tag never changes. It copies by tag only, so an image by
    digest must be there already, and without NAT any image.
    """
