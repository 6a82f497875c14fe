"""Settings of how a new version replaces the old."""

from typing import Literal

from pydantic import Field

from config.images import ContainerImage
from config.model import Model


class DeploymentSettings(Model):
    """How a new version of a service replaces the old, and when it is taken back."""

    strategy: Literal["rolling", "blue_green"] = "rolling"
    """rolling: ECS replaces task by task. blue_green: CodeDeploy starts all beside the old and shifts the traffic."""

    test_port: int = Field(default=8443, ge=1024, le=65_535)
    """Port on which blue_green offers the new version for tests before users see it; no rule opens it to them."""

    max_error_percent: int = Field(default=5, ge=1, le=100)
    """Share of requests that a service answers with 5xx, over three minutes, at which a deployment is taken back."""

    max_p95_ms: int = Field(default=1000, ge=10, le=60_000)
    """95th percentile of the response time, over three minutes, at which a deployment is taken back."""

    placeholder_image: ContainerImage = "public.ecr.aws/docker/library/python:3.13-slim"
    """Runs until the first release: any image with python3 and openssl; without NAT, a copy in your own ECR."""
