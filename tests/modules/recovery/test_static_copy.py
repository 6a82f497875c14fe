"""CloudFront reads and decrypts the copies of static files: for this account, and nothing else with their key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from modules.bucket import Bucket
from modules.edge.assets_bucket import assets_config
from modules.key import Key
from modules.recovery.static_copy import allow_distributions, static_copy_domain
from tests.modules.recovery.regions import THERE
from tests.template import LABEL, Template, new_stack, statements

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "user-management-test-assets-copy-us-west-2-444444444444"
ANY_OF_ACCOUNT = {"aws:SourceArn": "arn:aws:cloudfront::444444444444:distribution/*"}
CONTEXT = "kms:EncryptionContext:aws:s3:arn"


@pytest.fixture(scope="module")
def made() -> Template:
    stack = new_stack()
    key = Key(stack, "key", label=THERE, name="copies", description="Copies", protect=False)
    bucket = Bucket(
        stack, "copy", config=assets_config(protect=False), label=THERE, name=NAME, key=key, access_logs="logs"
    )
    allow_distributions(bucket, label=THERE, key=key)
    return Template.of(stack)


def of_cloudfront(policy: str) -> Iterator[dict[str, Any]]:
    for one in statements(policy):
        if one["Effect"] == "Allow" and one["Principal"] == {"Service": "cloudfront.amazonaws.com"}:
            yield one


def test_it_is_found_by_its_name_in_whatever_region_the_distribution_is_made() -> None:
    for label in (LABEL, THERE):
        assert static_copy_domain(label, region="us-west-2") == f"{NAME}.s3.us-west-2.amazonaws.com"


def test_any_distribution_of_this_account_reads_and_lists_it(made: Template) -> None:
    found = list(of_cloudfront(made.only("aws_s3_bucket_policy")["policy"]))
    assert {one["Action"] for one in found} == {"s3:GetObject", "s3:ListBucket"}
    for one in found:
        assert one["Condition"] == {"ArnLike": ANY_OF_ACCOUNT}
        assert one["Resource"].startswith("${aws_s3_bucket.copy.arn}")


def test_it_decrypts_objects_of_this_bucket_and_nothing_else_with_the_key(made: Template) -> None:
    (one,) = of_cloudfront(made.only("aws_kms_key")["policy"])
    assert one["Action"] == "kms:Decrypt"
    contexts = [f"arn:aws:s3:::{NAME}", f"arn:aws:s3:::{NAME}/*"]
    assert one["Condition"] == {"ArnLike": ANY_OF_ACCOUNT, "StringLike": {CONTEXT: contexts}}
