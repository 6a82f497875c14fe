"""The task of a service has what its settings say, and what its databases need."""

from __future__ import annotations

import json
from typing import Any

import pytest

from config.containers import PLATFORM_BYTES
from config.database_tls import CA_FILE
from tests.modules.service.parts import Parts, cluster_settings, policy, service_template, settings
from tests.template import Template


def containers(**changes: Any) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = json.loads(
        service_template(**changes).only("aws_ecs_task_definition")["container_definitions"]
    )
    return made


def variables(container: dict[str, Any]) -> dict[str, str]:
    return {variable["name"]: variable["value"] for variable in container["environment"]}


def test_a_service_with_databases_trusts_their_authorities() -> None:
    assert variables(containers(documentdb_role="api")[0])["NODE_EXTRA_CA_CERTS"] == CA_FILE
    assert "NODE_EXTRA_CA_CERTS" not in variables(containers()[0])


def test_a_service_with_databases_gets_the_size_of_its_pools() -> None:
    assert variables(containers(documentdb_role="api", pool_size=7)[0])["DATABASE_POOL_SIZE"] == "7"
    assert "DATABASE_POOL_SIZE" not in variables(containers()[0])


def test_a_service_that_writes_backups_gets_the_bucket_and_the_folder_that_it_may_write_to() -> None:
    parts = Parts.make()
    parts.service(backups=parts.access_logs)
    template = Template.of(parts.stack)
    (application,) = json.loads(template.only("aws_ecs_task_definition")["container_definitions"])
    assert variables(application)["BACKUPS_BUCKET"] == "${aws_s3_bucket.access-logs.bucket}"
    assert variables(application)["BACKUPS_PREFIX"] == "api/"
    (written,) = [one for one in policy(template, "task-role") if "s3:PutObject" in one["Action"]]
    assert written["Action"] == ["s3:PutObject", "s3:AbortMultipartUpload"]
    assert written["Resource"] == "${aws_s3_bucket.access-logs.arn}/api/*"


def test_no_other_service_may_write_to_a_bucket() -> None:
    template = service_template()
    (application,) = json.loads(template.only("aws_ecs_task_definition")["container_definitions"])
    assert not {"BACKUPS_BUCKET", "BACKUPS_PREFIX"} & set(variables(application))
    assert [name for name in template.all("aws_iam_role_policy") if "task-role" in name] == []


@pytest.mark.parametrize(("parameter", "uses"), [("postgres/url", True), ("documentdb/host", True), ("jwt/key", False)])
def test_a_service_that_gets_where_a_database_is_uses_it(parameter: str, *, uses: bool) -> None:
    assert settings(secrets={"ONE": parameter}).uses_database is uses
    assert settings(parameters={"ONE": parameter}).uses_database is uses


def test_the_collector_cannot_take_the_applications_memory_or_cpu() -> None:
    application, collector = containers(tracing=True)
    assert (collector["memory"], collector["memoryReservation"]) == (256, 128)
    assert not {"memory", "memoryReservation"} & set(application)
    assert (application["cpu"], collector["cpu"]) == (480, 32)
    assert containers()[0]["cpu"] == 0
    assert collector["image"] == "444444444444.dkr.ecr.us-east-1.amazonaws.com/copies/collector:1"


def test_the_smallest_task_definition_has_the_bytes_that_the_settings_count() -> None:
    parts = Parts.make(cluster=cluster_settings())
    service = parts.service(path_patterns=(), priority=None, writable_paths=())
    assert len(json.dumps(service.task.to_json(), separators=(",", ":")).encode()) >= PLATFORM_BYTES


@pytest.mark.parametrize(
    ("command", "sent"),
    [
        (("node", "health.js"), ["CMD", "node", "health.js"]),
        (("CMD", "node", "health.js"), ["CMD", "node", "health.js"]),
        (("CMD-SHELL", "curl -f http://localhost/ || exit 1"), ["CMD-SHELL", "curl -f http://localhost/ || exit 1"]),
    ],
)
def test_a_health_command_may_have_the_form_of_ecs(command: tuple[str, ...], sent: list[str]) -> None:
    task = Parts.make().service(health_command=command).task
    assert task.containers[0].to_json()["healthCheck"]["command"] == sent  # type: ignore[index]


def test_the_reason_for_a_variable_is_a_label_beside_it() -> None:
    reason = "a public token for our own site only"
    task = Parts.make().service(environment={"MAPS_TOKEN": "pk.x"}, not_secret={"MAPS_TOKEN": reason}).task
    assert task.containers[0].to_json()["dockerLabels"] == {"not-secret.MAPS_TOKEN": reason}
    assert "dockerLabels" not in Parts.make().service().task.containers[0].to_json(), (
        "AWS would not return an empty one"
    )
