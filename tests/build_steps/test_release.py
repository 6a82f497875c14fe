"""From the builds of a release to its hand-over, and to another account."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from typing import TYPE_CHECKING, Any, Final

import pytest

from modules.delivery.programs import packed_programs
from templates import buildspecs
from tests.build_steps import scans
from tests.build_steps.account import COMMIT, SERVICES, Account

if TYPE_CHECKING:
    from pathlib import Path

    from emulator import Emulator
    from emulator.builds.machine import Outcome

VERSION: Final = f"20261126T120000Z-{COMMIT[:12]}"
MEDIA_TYPE: Final = "application/vnd.oci.image.manifest.v1+json"


def push(account: Account, service: str, tag: str) -> str:
    """An image in the registry, as a build has pushed it."""
    manifest = json.dumps({"schemaVersion": 2, "mediaType": MEDIA_TYPE, "layers": [], "service": service})
    digest = f"sha256:{hashlib.sha256(manifest.encode()).hexdigest()}"
    account.client("ecr").put_image(
        repositoryName=account.name(service),
        imageTag=tag,
        imageManifest=manifest,
        imageManifestMediaType=MEDIA_TYPE,
        imageDigest=digest,
    )
    return digest


def built(account: Account, folder: Path, *, commits: dict[str, str] | None = None) -> list[Path]:
    """The artifacts of the builds of all services."""
    artifacts = []
    for minute, service in enumerate(SERVICES):
        commit = (commits or {}).get(service, COMMIT)
        tag = f"build-20261126T120{minute - 1 if minute else 0}00Z-{commit}"
        digest = push(account, service, tag)
        content = {
            "service": service,
            "commit": commit,
            "repository": account.url(service),
            "digest": digest,
            "tag": tag,
            "assets": "9" * 64 if service == "frontend" else "",
        }
        artifact = folder / f"artifact of {service}"
        artifact.mkdir()
        (artifact / "build.json").write_text(json.dumps(content), encoding="utf-8")
        (artifact / "taskdef.json").write_text(f'{{"family": "{service}"}}', encoding="utf-8")
        (artifact / "sbom.json").write_text("{}", encoding="utf-8")
        artifacts.append(artifact)
    return artifacts


def hand_over(account: Account, artifacts: list[Path], **more: str) -> Outcome:
    variables = {
        "SERVICES": "backend frontend",
        "RELEASES_URL": f"s3://{account.buckets['releases']}/releases/staging",
        "MIGRATE_SERVICE": "backend",
        "MIGRATE_COMMAND": '["node", "migrate.js"]',
        **more,
    }
    return account.run(buildspecs.hand_over(), artifacts[0], variables, inputs=artifacts[1:])


def test_images_get_the_tag_of_the_release_before_they_are_deployed(account: Account, tmp_path: Path) -> None:
    artifacts = built(account, tmp_path)
    tagged = account.run(
        buildspecs.release_tags(), artifacts[1], {"SERVICES": "backend frontend"}, inputs=artifacts[:1]
    )
    assert tagged.succeeded, tagged.output
    assert tagged.exported == {"RELEASE_VERSION": VERSION}
    for service in SERVICES:
        tags = account.images(service)
        assert set(tags) == {f"build-20261126T120000Z-{COMMIT}", f"release-{VERSION}"}
        assert len(set(tags.values())) == 1


def test_a_finished_release_is_handed_over_and_may_be_again(account: Account, tmp_path: Path) -> None:
    artifacts = built(account, tmp_path)
    first = hand_over(account, artifacts)
    assert first.succeeded, first.output
    assert first.exported == {"RELEASE_VERSION": VERSION}
    s3, bucket = account.client("s3"), account.buckets["releases"]
    objects = {one["Key"]: one for one in s3.list_objects_v2(Bucket=bucket)["Contents"]}
    assert set(objects) == {f"releases/staging/{name}" for name in (f"{VERSION}.json", f"{VERSION}.zip", "release.zip")}
    found = s3.get_object(Bucket=bucket, Key="releases/staging/release.zip")
    content = found["Body"].read()
    metadata = {name.lower(): value for name, value in found["Metadata"].items()}
    assert metadata == {"codepipeline-artifact-revision-summary": VERSION}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [f"{service}/{file}" for service in SERVICES for file in ("taskdef.json", "sbom.json")]
        assert set(archive.namelist()) == {"release.json", *names}
        release = json.loads(archive.read("release.json"))
    digests = {service: account.images(service)[f"release-{VERSION}"] for service in SERVICES}
    assert release["version"] == 1
    assert (release["release"], release["environment"], release["commit"]) == (VERSION, "staging", COMMIT)
    assert {name: service["digest"] for name, service in release["services"].items()} == digests
    assert release["services"]["backend"]["repository"] == account.url("backend")
    assert release["migrations"] == {
        "service": "backend",
        "digest": digests["backend"],
        "command": ["node", "migrate.js"],
    }
    assert release["assets"] == {"frontend": "9" * 64}
    assert hand_over(account, artifacts).succeeded
    assert s3.head_object(Bucket=bucket, Key="releases/staging/release.zip")["ETag"] == found["ETag"]


def test_builds_of_two_commits_are_not_a_release(account: Account, tmp_path: Path) -> None:
    other = COMMIT[::-1]
    failed = hand_over(account, built(account, tmp_path, commits={"frontend": other}))
    assert failed.errors == [
        f"error: the builds are not of one commit (backend: {COMMIT}, frontend: {other}); start the pipeline again"
    ]


def test_a_build_that_is_not_an_input_is_named(account: Account, tmp_path: Path) -> None:
    failed = hand_over(account, built(account, tmp_path)[:1])
    assert failed.errors == ["error: the builds of frontend are not inputs of this action; add them"]


@pytest.fixture
def prod(emulator: Emulator, tmp_path: Path, account: Account) -> Account:
    return Account(emulator, tmp_path / "prod", account=f"4{account.account[1:]}")


def release_of(account: Account, folder: Path, **changes: Any) -> Path:
    """A release as the source action of prod unpacks it."""
    digests = {service: push(account, service, f"release-{VERSION}") for service in SERVICES}
    services = {
        name: {"repository": account.url(name), "digest": digest, "tag": f"build-20261126T120000Z-{COMMIT}"}
        for name, digest in digests.items()
    }
    content = {"version": 1, "release": VERSION, "commit": COMMIT, "services": services, "assets": {}, **changes}
    folder.mkdir(exist_ok=True)
    (folder / "release.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


def source_url(prod: Account, service: str) -> str:
    """Where staging has the image of a service."""
    return prod.url(service).replace("4", "3", 1)


def promote(prod: Account, source: Path, **more: str) -> Outcome:
    variables = {
        "ENVIRONMENT": "prod",
        "SOURCE_REPOSITORY_URLS": json.dumps({service: source_url(prod, service) for service in SERVICES}),
        "RELEASE_FILES_BUCKET": prod.buckets["release-files"],
        "BLUE_GREEN_SERVICES": "backend",
        **more,
    }
    return prod.run(buildspecs.promotion(services=SERVICES), source, variables)


def test_a_release_is_promoted_by_digest_into_another_account(
    account: Account, prod: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = scans.answers(monkeypatch, scans.NONE)
    source = release_of(account, tmp_path / "a release")
    promoted = promote(prod, source)
    assert promoted.succeeded, promoted.output
    assert set(promoted.artifacts) == {"backend_build", "frontend_build"}
    for service in SERVICES:
        digest = account.images(service)[f"release-{VERSION}"]
        assert prod.images(service) == {f"release-{VERSION}": digest}
        assert digest in asked  # the registry of prod may know more
        files = promoted.artifacts[buildspecs.artifact(service)]
        assert json.loads(files["imageDetail.json"]) == {"ImageURI": f"{prod.url(service)}@{digest}"}
        assert ("appspec.yaml" in files) == (service == "backend")  # ECS deploys the frontend
    # Once more copies nothing.
    again = promote(prod, source)
    assert again.artifacts == promoted.artifacts
    assert len(prod.docker_calls("buildx", "imagetools")) == len(SERVICES)


def test_a_promotion_adds_hashed_files_only_because_nobody_has_approved_it(
    account: Account, prod: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scans.answers(monkeypatch, scans.NONE)
    source = release_of(account, tmp_path / "a release")
    folder = prod.docker / "images" / account.images("frontend")[f"release-{VERSION}"] / "site"
    folder.mkdir(parents=True)
    for name in ("main.0a1b2c3d.js", "robots.txt", "help.html"):
        (folder / name).write_text(name, encoding="utf-8")
    files = {"ASSETS_SERVICE": "frontend", "ASSETS_BUCKET": prod.buckets["assets"], "ASSETS_PATH": "/site"}
    promoted = promote(prod, source, **files)
    assert promoted.succeeded, promoted.output
    listed = prod.client("s3").list_objects_v2(Bucket=prod.buckets["assets"])["Contents"]
    assert [one["Key"] for one in listed] == ["static/main.0a1b2c3d.js"]
    # Other files than those that were tested.
    release = json.loads((source / "release.json").read_text(encoding="utf-8"))
    (source / "release.json").write_text(json.dumps(release | {"assets": {"frontend": "9" * 64}}), encoding="utf-8")
    (error,) = promote(prod, source, **files).errors
    assert f"{'9' * 64} was tested: ASSETS_PATH must be the same where the image was built" in error


def test_the_release_tag_of_a_promoted_image_is_the_one_that_it_has(
    account: Account, prod: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scans.answers(monkeypatch, scans.NONE)
    promoted = promote(prod, release_of(account, tmp_path / "a release"))
    before = {service: prod.images(service) for service in SERVICES}
    first, second = (prod.artifact(promoted, buildspecs.artifact(service)) for service in SERVICES)
    variables = {"SERVICES": "backend frontend", "RELEASE_TAG_PREFIX": "release-"}
    tagged = prod.run(buildspecs.release_tags(), first, variables, inputs=[second])
    assert tagged.exported == {"RELEASE_VERSION": VERSION}
    assert {service: prod.images(service) for service in SERVICES} == before


def test_an_image_that_arrives_with_another_digest_is_not_deployed(
    account: Account, prod: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As from buildx without the option that keeps the manifest."""
    scans.answers(monkeypatch, scans.NONE)
    programs = buildspecs.programs()
    broken = programs["promote.py"].replace('"--prefer-index=false", ', "")
    assert broken != programs["promote.py"]
    monkeypatch.setattr(buildspecs, "programs", lambda: {**programs, "promote.py": broken})
    version = prod.put_programs(packed_programs())
    failed = promote(prod, release_of(account, tmp_path / "a release"), PROGRAMS_VERSION=version)
    tested = account.images("backend")[f"release-{VERSION}"]
    (error,) = failed.errors
    assert f"{tested} was tested; do not deploy it: delete that tag and promote again" in error
    assert failed.artifacts["backend_build"] == {}


def test_an_image_of_another_account_is_not_promoted(account: Account, prod: Account, tmp_path: Path) -> None:
    urls = json.dumps({service: prod.url(service) for service in SERVICES})
    failed = promote(prod, release_of(account, tmp_path / "a release"), SOURCE_REPOSITORY_URLS=urls)
    (error,) = failed.errors
    assert error.startswith(f"error: the image of backend is in {account.url('backend')}, and it must be in ")
    assert not prod.docker_calls()


def test_other_services_in_the_two_environments_are_refused(account: Account, prod: Account, tmp_path: Path) -> None:
    urls = json.dumps({"backend": prod.url("backend"), "worker": prod.url("backend")})
    failed = promote(prod, release_of(account, tmp_path / "a release"), REPOSITORY_URLS=urls)
    (error,) = failed.errors
    assert error.startswith("error: the release has backend, frontend, and this environment backend, worker: both must")


def test_a_release_of_a_later_format_is_refused(account: Account, prod: Account, tmp_path: Path) -> None:
    failed = promote(prod, release_of(account, tmp_path / "a release", version=2))
    (error,) = failed.errors
    assert error.startswith("error: release.json has the version 2, and this pipeline reads 1; apply the same version")
