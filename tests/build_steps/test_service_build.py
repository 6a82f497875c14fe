"""The buildspec of a service, run with the real AWS CLI against the emulator."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from tests.build_steps import scans
from tests.build_steps.account import COMMIT

if TYPE_CHECKING:
    import pytest

    from tests.build_steps.account import Account


def test_a_build_pushes_the_image_and_leaves_what_the_deploy_action_needs(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = scans.answers(monkeypatch, None, scans.status("PENDING"), scans.basic("HIGH"))
    built = account.build()
    assert built.succeeded, built.output
    ((tag, digest),) = account.images("backend").items()
    assert re.fullmatch(rf"build-\d{{8}}T\d{{6}}Z-{COMMIT}", tag)
    assert built.exported == {"IMAGE_TAG": tag, "IMAGE_DIGEST": digest}
    assert asked == [digest] * 3  # it waits
    assert "findings of the scan: 1 high" in built.output
    image = f"{account.url('backend')}@{digest}"
    files = built.artifacts[""]
    assert json.loads(files["imageDetail.json"]) == {"ImageURI": image}
    assert json.loads(files["imagedefinitions.json"]) == [{"name": "backend", "imageUri": image}]
    assert json.loads(files["taskdef.json"])["family"] == "backend"
    assert files["appspec.yaml"].endswith("# backend\n")
    assert json.loads(files["sbom.json"])["metadata"] == {"component": image}
    assert json.loads(files["build.json"])["commit"] == COMMIT
    (command,) = account.docker_calls("buildx", "build")
    assert {"--provenance=false", "--sbom=false", "--pull"} <= set(command)
    assert command[command.index("--platform") + 1] == "linux/arm64"


def test_an_image_with_a_java_archive_gets_an_sbom_with_it(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    scans.answers(monkeypatch, scans.NONE)
    done = account.build(source=account.repository({"backend/app.jar": "not built by Maven"}))
    assert done.succeeded, done.output
    components = json.loads(done.artifacts[""]["sbom.json"])["components"]
    assert [one["name"] for one in components] == ["openssl", "app.jar"]


def test_a_second_run_of_a_commit_uses_the_image_of_the_first(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    scans.answers(monkeypatch, scans.NONE)
    first, second = account.build(), account.build()
    assert second.succeeded, second.output
    assert second.exported == first.exported
    assert second.artifacts == first.artifacts
    assert len(account.images("backend")) == len(account.docker_calls("buildx", "build")) == 1


def test_a_rebuild_of_a_commit_is_an_image_of_its_own(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    scans.answers(monkeypatch, scans.NONE)
    tagged = f"build-20260101T000000Z-{COMMIT}"
    account.client("ecr").put_image(
        repositoryName=account.name("backend"),
        imageTag=tagged,
        imageManifest=json.dumps({"schemaVersion": 2, "layers": []}),
        imageManifestMediaType="application/vnd.oci.image.manifest.v1+json",
        imageDigest=f"sha256:{'1' * 64}",
    )
    built = account.build(REBUILD="true")
    assert built.succeeded, built.output
    assert len(account.images("backend")) == 2
    (command,) = account.docker_calls("buildx", "build")
    assert "--no-cache" in command
    # Another commit starts from the newest image.
    assert account.build(commit=COMMIT[::-1]).succeeded
    command = account.docker_calls("buildx", "build")[1]
    newest = built.exported["IMAGE_TAG"]
    assert command[command.index("--cache-from") + 1] == f"type=registry,ref={account.url('backend')}:{newest}"


def test_a_critical_finding_fails_the_build_and_is_listed(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    scans.answers(monkeypatch, scans.enhanced("CRITICAL"))
    built = account.build()
    assert built.phases == {"install": True, "pre_build": True, "build": True, "post_build": False}
    assert built.artifacts == {"": {}}
    (error,) = built.errors
    assert error.startswith("error: the image has 1 critical finding(s), listed above; update the package")
    assert "vulnerability  package  version  fixed in\nCVE-2026-2     libxml2  2.9      2.10\n" in built.output


def test_a_repository_without_the_dockerfile_is_reported_before_anything_is_done(account: Account) -> None:
    source = account.repository()
    (source / "backend" / "Dockerfile").unlink()
    built = account.build(source=source)
    assert built.errors == ["error: the repository has no backend/Dockerfile; add it: docs/application-contract.md"]
    assert built.phases == {"install": True, "pre_build": False}
    assert not account.docker_calls()


def test_missing_programs_are_reported(account: Account) -> None:
    built = account.build(PROGRAMS_VERSION="another")
    (error,) = built.errors
    assert error.endswith("/build-steps/programs.zip has no version another; apply the layer delivery again")
    assert built.phases == {"install": False}


def test_a_build_keeps_its_programs_after_an_apply_has_written_others(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    scans.answers(monkeypatch, scans.NONE)
    account.put_programs(b"not a zip")
    built = account.build()
    assert built.succeeded, built.output
