"""Only one distribution reads the bucket, and a deployment changes only the static files."""

from __future__ import annotations

from typing import Any

from modules.role import Role, ServicePrincipal
from tests.modules.edge.parts import Parts
from tests.template import LABEL, Template, statements

ARN = "arn:aws:cloudfront::444444444444:distribution/E1"


def allowed_services(policy: str) -> dict[str, dict[str, Any]]:
    return {
        one["Sid"]: one
        for one in statements(policy)
        if one["Effect"] == "Allow" and isinstance(one["Principal"], dict) and "Service" in one["Principal"]
    }


def template() -> Template:
    parts = Parts.make()
    parts.assets.allow_distribution(ARN)
    return parts.template()


def test_the_bucket_policy_names_the_distribution() -> None:
    found = allowed_services(template().named("aws_s3_bucket_policy.assets_policy")["policy"])
    assert {sid: one["Action"] for sid, one in found.items()} == {
        "AllowCloudFrontRead": "s3:GetObject",
        "AllowCloudFrontList": "s3:ListBucket",
    }
    for one in found.values():
        assert one["Principal"] == {"Service": "cloudfront.amazonaws.com"}
        assert one["Condition"] == {"StringEquals": {"aws:SourceArn": ARN}}


def test_the_key_policy_allows_it_to_decrypt_and_is_attached_after_it() -> None:
    found = template()
    (one,) = allowed_services(found.only("aws_kms_key_policy")["policy"]).values()
    assert (one["Action"], one["Condition"]) == ("kms:Decrypt", {"StringEquals": {"aws:SourceArn": ARN}})
    assert "policy" not in found.only("aws_kms_key")


def test_nothing_that_the_distribution_needs_waits_for_the_distribution() -> None:
    parts = Parts.make()
    parts.assets.allow_distribution(parts.distribution().arn)
    found = parts.template()
    waits = "aws_cloudfront_distribution."
    assert waits in found.named("aws_s3_bucket_policy.assets_policy")["policy"]
    assert waits in found.only("aws_kms_key_policy")["policy"]
    for address in ("aws_s3_bucket.assets", "aws_kms_key.key"):
        assert waits not in str(found.named(address))


def test_it_is_private_encrypted_versioned_and_in_intelligent_tiering() -> None:
    found = template()
    block = found.named("aws_s3_bucket_public_access_block.assets_public-access-block")
    assert {name: value for name, value in block.items() if name.startswith(("block", "ignore", "restrict"))} == {
        "block_public_acls": True,
        "block_public_policy": True,
        "ignore_public_acls": True,
        "restrict_public_buckets": True,
    }
    (rule,) = found.named("aws_s3_bucket_lifecycle_configuration.assets_lifecycle")["rule"]
    assert rule["transition"] == [{"days": 0, "storage_class": "INTELLIGENT_TIERING"}]
    versioning = found.named("aws_s3_bucket_versioning.assets_versioning")["versioning_configuration"]
    assert versioning == {"status": "Enabled"}
    (encryption,) = found.named("aws_s3_bucket_server_side_encryption_configuration.assets_encryption")["rule"]
    assert encryption["apply_server_side_encryption_by_default"]["kms_master_key_id"] == "${aws_kms_key.key.arn}"
    assert found.named("aws_s3_bucket.assets")["bucket"] == "user-management-test-assets-444444444444"


def test_a_deployment_lists_writes_and_deletes_static_files_and_uses_the_key_for_that() -> None:
    parts = Parts.make(prefix="app/static/")
    role = Role(parts.stack, "pipeline", label=LABEL, description="Deploys", service=ServicePrincipal.LAMBDA)
    parts.assets.grant_deploy(role)
    listing, writing, key = statements(parts.template().only("aws_iam_role_policy")["policy"])
    assert (listing["Action"], listing["Resource"]) == ("s3:ListBucket", "${aws_s3_bucket.assets.arn}")
    assert listing["Condition"] == {"StringLike": {"s3:prefix": "app/static/*"}}
    assert writing["Action"] == ["s3:PutObject", "s3:AbortMultipartUpload"]
    assert writing["Resource"] == "${aws_s3_bucket.assets.arn}/app/static/*"
    assert (key["Action"], key["Resource"]) == (["kms:Decrypt", "kms:GenerateDataKey"], "${aws_kms_key.key.arn}")
    assert key["Condition"] == {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}
