"""The rights by which another account takes over a release, on both sides."""

from __future__ import annotations

from modules.delivery import hand_over
from modules.repository import PULL, Repository
from tests.modules.delivery.parts import OTHER, Parts
from tests.modules.delivery.test_image_updates import REGISTRY
from tests.template import Template, statements

PIPELINE_ROLE = "arn:aws:iam::333333333333:role/user-management-prod-pipeline"


def test_the_other_pipeline_reads_the_releases_and_nothing_else() -> None:
    parts = Parts.make()
    assert parts.store.releases
    hand_over.allow_release_readers(parts.store.releases, parts.key, environment="test", targets=[OTHER])
    made = Template.of(parts.stack)
    (policy,) = [one["policy"] for name, one in made.all("aws_s3_bucket_policy").items() if "releases" in name]
    found = {one["Sid"]: one for one in statements(policy) if one["Sid"].startswith("AllowProd")}
    assert found["AllowProdRead"]["Resource"].endswith("/releases/test/*")
    for one in found.values():
        assert one["Principal"] == {"AWS": "arn:aws:iam::333333333333:root"}
        assert one["Condition"] == {"StringEquals": {"aws:PrincipalArn": PIPELINE_ROLE}}
        assert not [action for action in one["Action"] if not action.startswith(("s3:Get", "s3:List"))]


def test_the_other_pipeline_decrypts_releases_and_no_artifacts() -> None:
    parts = Parts.make()
    assert parts.store.releases
    hand_over.allow_release_readers(parts.store.releases, parts.key, environment="test", targets=[OTHER])
    key = Template.of(parts.stack).only("aws_kms_key")
    (decrypt,) = [one for one in statements(key["policy"]) if one.get("Sid") == "AllowProdDecrypt"]
    context = decrypt["Condition"]["StringEquals"]["kms:EncryptionContext:aws:s3:arn"]
    assert "releases" in context
    assert "artifacts" not in context


def test_the_other_promotion_pulls_and_never_pushes() -> None:
    parts = Parts.make()
    repository = Repository(
        parts.stack, "api", config=REGISTRY, prefix="um", service="api", key=parts.key, protect=False
    )
    hand_over.allow_image_readers(parts.stack, {"api": repository}, targets=[OTHER])
    (statement,) = statements(Template.of(parts.stack).only("aws_ecr_repository_policy")["policy"])
    assert set(statement["Action"]) == set(PULL)
    assert statement["Condition"]["StringEquals"]["aws:PrincipalArn"].endswith(":role/user-management-prod-promote")


def test_a_pipeline_reads_the_releases_of_its_source_by_the_alias_of_the_key() -> None:
    parts = Parts.make()
    hand_over.grant_source(parts.role, OTHER)
    granted = parts.granted()
    assert granted["ReadReleases"]["Resource"] == (
        "arn:aws:s3:::user-management-prod-releases-333333333333/releases/prod/*"
    )
    assert granted["DecryptReleases"]["Resource"] == "arn:aws:kms:us-east-1:333333333333:key/*"
    conditions = granted["DecryptReleases"]["Condition"]
    assert conditions["ForAnyValue:StringEquals"] == {"kms:ResourceAliases": "alias/user-management-prod-delivery"}
    assert conditions["StringEquals"] == {"kms:ViaService": "s3.us-east-1.amazonaws.com"}


def test_a_promotion_pulls_the_images_of_the_services_only() -> None:
    parts = Parts.make()
    hand_over.grant_images(parts.role, OTHER, ("backend",))
    assert parts.granted()["PullReleased"]["Resource"] == "arn:aws:ecr:us-east-1:333333333333:repository/um-backend"


def test_the_newest_release_has_one_key() -> None:
    assert hand_over.release_key("staging") == "releases/staging/release.zip"
