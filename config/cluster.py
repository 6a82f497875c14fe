"""Settings of the ECS cluster."""

from typing import Literal

from config.images import ContainerImage
from config.model import Model


class ClusterSettings(Model):
    """The ECS cluster that runs the services."""

    container_insights: Literal["enhanced", "enabled", "disabled"]
    """Metrics of the cluster, its services and (enhanced) each task; each metric costs 0.30 USD a month."""

    execute_command: bool
    """Whether people may open a shell in a running task (ECS Exec); each session is logged."""

    tunnels: bool = True
    """Whether people may open a tunnel to a database (`make tunnel`), also where no shell is allowed.

    A tunnel is a task of its own, which runs only while somebody uses it; what it needs before that costs nothing.
    """

    collector_image: ContainerImage = "public.ecr.aws/aws-observability/aws-otel-collector:v0.45.1"
    """Image of the ADOT collector beside each task with tracing = true, by tag or by digest.

    ECR keeps a copy in the account's registry, where a tag never changes. It copies by tag only, so an image by
    digest must be there already, and without NAT any image.
    """
