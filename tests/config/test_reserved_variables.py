"""What ECS sets in each container is set by nobody else."""

import pytest

from tests.config.examples import changed, parsed, refusal


def worker(line: str) -> str:
    head = ["[services.worker]", "min_count = 0", "max_count = 1", "cpu_units = 256", "memory_mib = 512"]
    return changed() + "\n".join(["", *head, line, ""])


@pytest.mark.parametrize(
    "name",
    [
        "ECS_CONTAINER_METADATA_URI",
        "ECS_CONTAINER_METADATA_URI_V4",
        "ECS_AGENT_URI",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_EXECUTION_ENV",
    ],
)
@pytest.mark.parametrize("table", ["environment", "parameters"])
def test_a_variable_of_ecs_is_refused_in_each_table(name: str, table: str) -> None:
    (line,) = refusal(worker(f'{table} = {{ {name} = "jwt/current" }}'))
    assert line == (
        f"services.worker.{table}.{name}: is set by ECS, and leads the container to its role and metadata; "
        "remove the line"
    )


@pytest.mark.parametrize("name", ["AWS_REGION", "AWS_S3_BUCKET", "ECS_CLUSTER_NAME", "MY_AWS_EXECUTION_ENV"])
def test_other_variables_of_aws_may_be_set(name: str) -> None:
    assert parsed(worker(f'environment = {{ {name} = "x" }}')).services["worker"].environment == {name: "x"}
