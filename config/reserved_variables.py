"""Variables that ECS sets in each container: another value would be replaced, or would cut the task off from AWS."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from config.errors import Problem, render_part

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_RESERVED: Final = re.compile(r"ECS_CONTAINER_METADATA_URI\w*|ECS_AGENT_URI|AWS_CONTAINER_\w+|AWS_EXECUTION_ENV")
"""Where the SDKs find the task's role, its metadata and the agent; AWS_REGION and others may be set.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-introspection.html
"""


def check_reserved_variables(
    environment: Mapping[str, str], secrets: Mapping[str, str], parameters: Mapping[str, str]
) -> Iterator[Problem]:
    """None of them may be set, in whichever way."""
    for table, names in (("environment", environment), ("secrets", secrets), ("parameters", parameters)):
        for name in names:
            if _RESERVED.fullmatch(name):
                yield Problem(
                    key=f"{table}.{render_part(name)}",
                    allowed="is set by ECS, and leads the container to its role and metadata; remove the line",
                )
