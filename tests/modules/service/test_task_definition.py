"""One task definition, rendered twice: resource and file are equal field by field."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from modules.service.release_files import ReleaseFiles
from modules.service.task_definition import PIPELINE_IMAGE, PLACEHOLDER_FIELDS, Container, LogDestination
from tests.modules.service.parts import Parts, cluster_settings
from tests.template import LABEL, Template

if TYPE_CHECKING:
    from pathlib import Path

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
    assert placeholder["image"] == "444444444444.dkr.ecr.us-east-1.amazonaws.com/copies/placeholder:1"
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


def mounts(user: str | None, *paths: str) -> dict[str, list[str]]:
    container = Container(
        name="app",
        image="app",
        user=user,
        logs=LogDestination(group="one", region="us-east-1"),
        stop_seconds=2,
        environment={},
        secrets={},
        scratch_paths=paths,
        scratch_mib=1,
        volumes={},
    ).to_json()
    linux: Any = container["linuxParameters"]
    return {mount["containerPath"]: mount["mountOptions"] for mount in linux["tmpfs"]}


@pytest.mark.parametrize(("user", "owner"), [("101:102", ("101", "102")), ("101", ("101", "101"))])
def test_each_writable_path_belongs_to_the_user(user: str, owner: tuple[str, str]) -> None:
    found = mounts(user, "/tmp", "/var/cache/nginx")  # noqa: S108
    uid, gid = owner
    assert found["/var/cache/nginx"] == ["noexec", "nosuid", "nodev", f"uid={uid}", f"gid={gid}", "mode=0755"]
    assert found["/tmp"] == ["noexec", "nosuid", "nodev", f"uid={uid}", f"gid={gid}", "mode=1777"]  # noqa: S108


@pytest.mark.parametrize("user", [None, "nginx", "nginx:101", "101:nginx"])
def test_a_writable_path_of_an_unknown_user_is_refused(user: str | None) -> None:
    with pytest.raises(ValueError, match=r"must belong to its user, and .* is not a number; pass the user's id"):
        mounts(user, "/run")


def can_mount() -> bool:
    """Whether this process may mount: it is root, and its namespaces allow it."""
    if os.geteuid() != 0 or not all(map(shutil.which, ("unshare", "setpriv"))):
        return False
    return subprocess.run(["unshare", "-m", "true"], check=False, capture_output=True).returncode == 0  # noqa: S607


@pytest.mark.skipif(not can_mount(), reason="needs root, unshare and setpriv, to mount a folder as a container does")
@pytest.mark.parametrize("path", ["/tmp", "/var/cache/nginx"])  # noqa: S108
def test_the_kernel_lets_the_user_write_to_a_mount_with_these_options(path: str, tmp_path: Path) -> None:
    """As in a container: over a folder of root that only root may write to, by a user without any capability."""
    options = ",".join(mounts("12101:12102", path)[path])
    defaults = ",".join(option for option in options.split(",") if "=" not in option)
    folder = tmp_path / "folder"
    folder.mkdir(mode=0o755)
    script = (
        'mount -t tmpfs -o "size=1m,$1" none "$2" && chmod "$3" "$2" || exit 9; cd "$2" && '
        "setpriv --reuid=12101 --regid=12102 --clear-groups --bounding-set=-all --inh-caps=-all mkdir client_temp"
    )

    def write(given: str, mode: str) -> int:
        command = ["unshare", "-m", "sh", "-c", script, "sh", given, str(folder), mode]
        return subprocess.run(command, check=False, capture_output=True).returncode

    assert write(options, "+x") == 0
    # Where the runtime gives the mount the mode of the image's folder, its owner is what lets the user write.
    assert write(options, "0755") == 0
    assert write(defaults, "0755") not in {0, 9}
