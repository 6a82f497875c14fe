"""What builds that copy or publish static files know and may do."""

from __future__ import annotations

from typing import Any

from config.delivery import AssetsSettings
from modules.delivery.static_files import StaticFiles
from tests.modules.delivery.parts import Parts


class Bucket:
    """The bucket of static files."""

    name, arn = "assets", "arn:aws:s3:::assets"

    def grant_deploy(self, role: Any) -> None:
        self.deployer = role


class Distribution:
    """CloudFront."""

    id, arn = "E123", "arn:aws:cloudfront::1:distribution/E123"


def files(bucket: Bucket, *hashed: str) -> StaticFiles:
    made: dict[str, Any] = {"bucket": bucket, "distribution": Distribution()}
    settings = AssetsSettings(service="site", path="/app/static", hashed=tuple(hashed))
    return StaticFiles(settings, prefix="static/", **made)


def test_a_build_knows_where_they_come_from_and_go_to() -> None:
    copied = {"ASSETS_BUCKET": "assets", "ASSETS_PREFIX": "static/", "ASSETS_PATH": "/app/static"}
    assert files(Bucket()).variables == copied
    assert files(Bucket()).publish_variables == {**copied, "ASSETS_SERVICE": "site", "DISTRIBUTION_ID": "E123"}


def test_a_build_knows_which_names_have_a_hash() -> None:
    said = files(Bucket(), "assets/*", "fonts/*.woff2")
    assert said.variables["HASHED_ASSETS"] == "assets/* fonts/*.woff2"


def test_a_build_that_only_copies_invalidates_nothing() -> None:
    parts, bucket = Parts.make(), Bucket()
    files(bucket).grant_copy(parts.role)
    granted = parts.granted()
    assert bucket.deployer is parts.role
    assert "CompareAssets" in granted
    assert "Invalidate" not in granted


def test_a_build_that_publishes_compares_below_the_prefix_and_invalidates_one_distribution() -> None:
    parts, bucket = Parts.make(), Bucket()
    files(bucket).grant_publish(parts.role)
    granted = parts.granted()
    assert bucket.deployer is parts.role
    assert granted["CompareAssets"]["Resource"] == "arn:aws:s3:::assets/static/*"
    assert granted["Invalidate"]["Resource"] == Distribution.arn
