"""One task definition, rendered twice: resource and file are equal field by field."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from modules.service.release_files import ReleaseFiles
from modules.service.task_definition import PIPELINE_IMAGE, PLACEHOLDER_FIELDS
from tests.modules.service.parts import Parts, cluster_settings
from tests.template import LABEL, Template

# Fields with different names in the resource and the API; the others differ only in case.
SCALARS = ("family", "cpu", "memory", "networkMode", "taskRoleArn", "executionRoleArn", "requiresCompatibilities")


def snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def rendered(**changes: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The resource and the file."""
    parts = Parts.make(strategy="blue_green", cluster=cluster_settings(execute_command=True))
    service = parts.service(
        secrets={"DB_HOST": "arn:aws:ssm:us-east-1:444444444444:parameter/x/host"},
        parameters={"JWT": "/x/jwt"},
        tracing=True,
        health_command=("node", "health.js"),
        command=("node", "server.js"),
        environment={"NODE_ENV": "production"},
        **changes,
    )
    files = ReleaseFiles(parts.stack, "files", label=LABEL, key=parts.key, access_logs=parts.access_logs, protect=False)
    files.add("api", files=service.release_files())
    template = Template.of(parts.stack)
    file = template.only("aws_s3_object", key="api/taskdef.json")
    return template.only("aws_ecs_task_definition"), json.loads(file["content"])


def test_resource_and_file_are_equal_field_by_field() -> None:
    resource, file = rendered()
    for field in SCALARS:
        assert resource[snake(field)] == file[field], field
    platform = file["runtimePlatform"]
    assert resource["runtime_platform"] == {snake(field): value for field, value in platform.items()}
    assert resource["volume"] == file["volumes"] != []
    both = zip(json.loads(resource["container_definitions"]), file["containerDefinitions"], strict=True)
    (first, released), *sidecars = both
    assert {k: v for k, v in first.items() if k not in PLACEHOLDER_FIELDS} == {
        k: v for k, v in released.items() if k not in PLACEHOLDER_FIELDS
    }
    assert sidecars
    assert all(one == other for one, other in sidecars)
    compared = {*SCALARS, "runtimePlatform", "volumes", "containerDefinitions", "tags"}
    assert set(file) == compared, "a field of the file that this test does not compare with the resource"
    of_the_resource = {snake(field) for field in SCALARS} | {"runtime_platform", "volume", "container_definitions"}
    assert set(resource) - {"//"} == of_the_resource, "a field of the resource that the file does not have"


def test_the_file_has_the_next_image_and_the_release_its_own_command() -> None:
    resource, file = rendered()
    application = file["containerDefinitions"][0]
    assert application["image"] == PIPELINE_IMAGE == "<IMAGE1_NAME>"
    assert application["command"] == ["node", "server.js"]
    assert application["healthCheck"] == {
        "command": ["CMD", "node", "health.js"],
        "interval": 30,
        "timeout": 5,
        "retries": 3,
        "startPeriod": 60,
    }
    placeholder = json.loads(resource["container_definitions"])[0]
    assert placeholder["image"] == "public.ecr.aws/docker/library/python:3.13-slim"
    assert placeholder["command"][:2] == ["python3", "-c"]
    assert "healthCheck" not in placeholder


def test_revisions_of_the_pipeline_have_the_tags_of_all_resources() -> None:
    _, file = rendered()
    assert {"key": "Environment", "value": "test"} in file["tags"]


@pytest.mark.parametrize("index", [0, 1])
def test_no_container_has_root_or_capabilities_or_writes_to_its_image(index: int) -> None:
    _, file = rendered()
    container = file["containerDefinitions"][index]
    assert container["readonlyRootFilesystem"] is True
    assert container["privileged"] is False
    assert container["linuxParameters"]["initProcessEnabled"] is True
    assert container["linuxParameters"]["capabilities"] == {"drop": ["ALL"]}
    assert container["logConfiguration"]["options"]["mode"] == "non-blocking"


def test_the_application_runs_as_its_user_and_gets_its_configuration() -> None:
    _, file = rendered(user="101:101")
    application = file["containerDefinitions"][0]
    assert application["user"] == "101:101"
    environment = {variable["name"]: variable["value"] for variable in application["environment"]}
    assert environment["NODE_ENV"] == "production"
    assert environment["PORT"] == "8443"
    assert environment["JWT"] == "/x/jwt"
    assert application["secrets"] == [
        {"name": "DB_HOST", "valueFrom": "arn:aws:ssm:us-east-1:444444444444:parameter/x/host"}
    ]


def test_fields_that_the_api_would_add_are_written() -> None:
    _, file = rendered()
    for container in file["containerDefinitions"]:
        assert {"mountPoints", "volumesFrom", "systemControls", "environment", "secrets", "cpu"} <= set(container)


def test_only_the_writable_paths_can_be_written_to_and_they_are_in_memory() -> None:
    _, file = rendered(writable_paths=("/tmp", "/var/cache/nginx"), writable_mib=32)  # noqa: S108
    scratch = file["containerDefinitions"][0]["linuxParameters"]["tmpfs"]
    assert [(mount["containerPath"], mount["size"]) for mount in scratch] == [("/tmp", 32), ("/var/cache/nginx", 32)]  # noqa: S108
    assert all("noexec" in mount["mountOptions"] for mount in scratch)


def test_volumes_are_only_for_the_agent_of_a_shell() -> None:
    resource, file = rendered()
    mounts = {m["containerPath"]: m["sourceVolume"] for m in file["containerDefinitions"][0]["mountPoints"]}
    assert mounts == {
        "/managed-agents": "managed-agents",
        "/var/lib/amazon/ssm": "var-lib-amazon-ssm",
        "/var/log/amazon/ssm": "var-log-amazon-ssm",
    }
    assert {volume["name"] for volume in resource["volume"]} == set(mounts.values())
