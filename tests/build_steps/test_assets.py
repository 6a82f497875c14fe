"""The static files of the frontend: its build copies those with a hash in their name, and `publish` the rest."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

import pytest

from templates import buildspecs
from tests.build_steps import scans
from tests.build_steps.account import COMMIT

if TYPE_CHECKING:
    from pathlib import Path

    from emulator.builds.machine import Outcome
    from tests.build_steps.account import Account

SITE: Final = {
    "site/static/index-BxYz12aB.js": "console.log(1)",
    "site/static/img/a photo-0a1b2c3d4e.txt": "photo",
    "site/static/robots.txt": "User-agent: *",
    "site/static/help/index.html": "<p>help</p>",
}
IMMUTABLE, ASK_FIRST = "public, max-age=31536000, immutable", "no-cache"


@pytest.fixture
def distribution(account: Account) -> str:
    return account.distribution()


def variables(account: Account, distribution: str) -> dict[str, str]:
    return {
        "ASSETS_BUCKET": account.buckets["assets"],
        "ASSETS_PREFIX": "static/",
        "ASSETS_PATH": "/site/static",
        "DISTRIBUTION_ID": distribution,
    }


def build(account: Account, files: dict[str, str] = SITE) -> Outcome:
    """Build the frontend with these files."""
    source = account.repository({f"frontend/{name}": text for name, text in files.items()})
    copied = variables(account, "")
    del copied["DISTRIBUTION_ID"]
    built = account.build("frontend", source=source, **copied)
    assert built.succeeded, built.output
    return built


def run_publish(account: Account, distribution: str, artifact: Path, **more: str) -> Outcome:
    """Publish the files of what a build has left."""
    project = {"ASSETS_SERVICE": "frontend", "REPOSITORY_URL": account.url("frontend")}
    return account.run(buildspecs.publication(), artifact, {**project, **variables(account, distribution), **more})


def publish(account: Account, distribution: str, files: dict[str, str], *, assets: str = "", **more: str) -> Outcome:
    """Publish the files of an image; `assets` is their version in the build's artifact."""
    content = {
        "service": "frontend",
        "commit": COMMIT,
        "repository": account.url("frontend"),
        "digest": account.image(files),
        "tag": "build-1",
        "assets": assets,
    }
    artifact = account.repository({"build.json": json.dumps(content)})
    return run_publish(account, distribution, artifact, **more)


def published(account: Account) -> dict[str, dict[str, Any]]:
    """The objects by key."""
    s3, bucket = account.client("s3"), account.buckets["assets"]
    keys = [one["Key"] for one in s3.list_objects_v2(Bucket=bucket).get("Contents", ())]
    return {key: s3.head_object(Bucket=bucket, Key=key) for key in keys}


def invalidated(account: Account, distribution: str) -> list[list[str]]:
    cloudfront = account.client("cloudfront")
    listed = cloudfront.list_invalidations(DistributionId=distribution)["InvalidationList"].get("Items", ())
    batches = [
        cloudfront.get_invalidation(DistributionId=distribution, Id=one["Id"])["Invalidation"]["InvalidationBatch"]
        for one in listed
    ]
    return [batch["Paths"]["Items"] for batch in batches]


def test_a_build_adds_hashed_files_only_so_that_a_release_that_ends_there_changes_nothing(
    account: Account, distribution: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scans.answers(monkeypatch, scans.NONE)
    publish(account, distribution, SITE)
    before = published(account)
    changed = SITE | {
        "site/static/index-Cz99k_Lq.js": "console.log(2)",
        "site/static/robots.txt": "User-agent: b",
        "site/static/help/index.html": "<p>more help</p>",
        "site/static/new.html": "<p>new</p>",
    }
    built = build(account, changed)
    after = published(account)
    assert set(after) - set(before) == {"static/index-Cz99k_Lq.js"}
    assert {key: after[key]["LastModified"] for key in before} == {
        key: one["LastModified"] for key, one in before.items()
    }
    assert {key: after[key]["ETag"] for key in before} == {key: one["ETag"] for key, one in before.items()}
    # Approved, the same release publishes the rest.
    done = run_publish(account, distribution, account.artifact(built))
    assert done.succeeded, done.output
    assert "static files: 6; new: 1, changed: 2" in done.output
    assert set(published(account)) == {*after, "static/new.html"}
    assert invalidated(account, distribution) == [["/static/help/index.html", "/static/robots.txt"]]


def test_files_that_are_not_those_that_were_tested_are_refused_before_anything_is_uploaded(
    account: Account, distribution: str
) -> None:
    refused = publish(account, distribution, SITE, assets="9" * 64)
    (error,) = refused.errors
    assert f"{'9' * 64} was tested: ASSETS_PATH must be the same where the image was built" in error
    assert published(account) == {}


def test_only_images_of_the_own_repository_are_published(
    account: Account, distribution: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scans.answers(monkeypatch, scans.NONE)
    artifact = account.artifact(build(account))
    content = json.loads((artifact / "build.json").read_text(encoding="utf-8"))
    content["repository"] = content["repository"].replace(account.account, "999999999999")
    (artifact / "build.json").write_text(json.dumps(content), encoding="utf-8")
    before = account.docker_calls("pull")
    (error,) = run_publish(account, distribution, artifact).errors
    assert f"it must be in {account.url('frontend')} (REPOSITORY_URLS)" in error
    assert account.docker_calls("pull") == before


def test_hashed_files_are_immutable_and_the_rest_is_asked_for_again(
    account: Account, distribution: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scans.answers(monkeypatch, scans.NONE)
    built = build(account)
    assert set(published(account)) == {"static/index-BxYz12aB.js", "static/img/a photo-0a1b2c3d4e.txt"}
    assert "static files: 2; new: 2, changed: 0" in built.output
    done = run_publish(account, distribution, account.artifact(built))
    assert done.succeeded, done.output
    found = published(account)
    assert {key: one["CacheControl"] for key, one in found.items()} == {
        "static/index-BxYz12aB.js": IMMUTABLE,
        "static/img/a photo-0a1b2c3d4e.txt": IMMUTABLE,
        "static/robots.txt": ASK_FIRST,
        "static/help/index.html": ASK_FIRST,
    }
    assert found["static/help/index.html"]["ContentType"] == "text/html"
    assert invalidated(account, distribution) == []  # nothing of it was cached before
    assert "static files: 4; new: 2, changed: 0" in done.output
    assert re.fullmatch(r"[0-9a-f]{64}", json.loads(built.artifacts[""]["build.json"])["assets"])


def test_the_next_build_adds_its_files_keeps_the_old_ones_and_invalidates_what_has_changed(
    account: Account, distribution: str
) -> None:
    publish(account, distribution, SITE)
    before = published(account)
    changed = {
        "site/static/index-Cz99k_Lq.js": "console.log(2)",
        "site/static/img/a photo-0a1b2c3d4e.txt": "photo",
        "site/static/robots.txt": "User-agent: b",  # as long as before
        "site/static/help/index.html": "<p>more help</p>",
    }
    built = publish(account, distribution, changed)
    assert built.succeeded, built.output
    after = published(account)
    assert set(after) == {*before, "static/index-Cz99k_Lq.js"}
    same = "static/img/a photo-0a1b2c3d4e.txt"
    assert after[same]["LastModified"] == before[same]["LastModified"]  # not uploaded again
    assert invalidated(account, distribution) == [["/static/help/index.html", "/static/robots.txt"]]
    # The same once more has nothing to do.
    again = publish(account, distribution, changed)
    assert "static files: 4; new: 0, changed: 0" in again.output
    assert len(invalidated(account, distribution)) == 1


def test_pages_are_there_after_what_they_refer_to(
    account: Account, distribution: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from moto.s3.models import S3Backend  # noqa: PLC0415 (patched for this test)

    put: list[str] = []
    original = S3Backend.put_object

    def record(self: S3Backend, bucket_name: str, key_name: str, *values: Any, **more: Any) -> Any:
        put.append(key_name)
        return original(self, bucket_name, key_name, *values, **more)

    monkeypatch.setattr(S3Backend, "put_object", record)
    assert publish(account, distribution, SITE).succeeded
    kinds = ["hashed" if re.search(r"-\w{8,}\.", key) else "page" if key.endswith(".html") else "other" for key in put]
    assert kinds == ["hashed", "hashed", "other", "page"]


def test_a_hashed_name_with_other_content_fails_the_build_before_anything_is_uploaded(
    account: Account, distribution: str
) -> None:
    publish(account, distribution, SITE)
    wrong = SITE | {
        "site/static/index-BxYz12aB.js": "console.log(9)",
        "site/static/new-0a1b2c3d.js": "new",
    }
    built = publish(account, distribution, wrong)
    (error,) = built.errors
    assert error.startswith("error: index-BxYz12aB.js: published before with other content, and browsers keep it")
    assert "static/new-0a1b2c3d.js" not in published(account)
    # Patterns say which names have a hash.
    assert publish(account, distribution, wrong, HASHED_ASSETS="img/*").succeeded
    assert published(account)["static/new-0a1b2c3d.js"]["CacheControl"] == ASK_FIRST


def test_an_image_without_the_folder_is_reported(account: Account, distribution: str) -> None:
    built = publish(account, distribution, {})
    (error,) = built.errors
    assert error.startswith("error: `docker cp ")
    assert "Could not find the file /site/static/. in container" in error


def test_without_a_distribution_nothing_is_invalidated(account: Account, distribution: str) -> None:
    publish(account, "", SITE)
    built = publish(account, "", SITE | {"site/static/robots.txt": "other"})
    assert built.succeeded, built.output
    assert "changed: 1" in built.output
    assert invalidated(account, distribution) == []
