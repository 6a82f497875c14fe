"""What becomes public, or loses encryption, is a finding; the way back is none."""

from __future__ import annotations

from typing import Any

import pytest

from review.finding import Level
from review.rules.exposure import public_exposure, weaker_encryption
from tests.review.plan_json import changes, entry

BLOCK = dict.fromkeys(
    ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"), True
)
SSE = "apply_server_side_encryption_by_default"


@pytest.mark.parametrize("name", BLOCK)
def test_each_part_of_the_block_of_public_access(name: str) -> None:
    type_ = "aws_s3_bucket_public_access_block.a"
    (one,) = public_exposure(changes(entry(type_, "change", BLOCK, {**BLOCK, name: False})))
    assert one.text == f"{name} true -> false"
    assert not list(public_exposure(changes(entry(type_, "change", {**BLOCK, name: False}, BLOCK))))
    assert list(public_exposure(changes(entry(type_, "destroy", BLOCK))))


@pytest.mark.parametrize("kind", ["create", "change", "replace"])
def test_a_public_database_blocks(kind: str) -> None:
    own = entry("aws_db_instance.a", kind, {"publicly_accessible": False}, {"publicly_accessible": True})
    (one,) = public_exposure(changes(own))
    assert one.level is Level.BLOCK


def test_other_public_addresses() -> None:
    balancer = entry("aws_lb.a", "replace", {"internal": True}, {"internal": False})
    acl = entry("aws_s3_bucket_acl.a", "change", {"acl": "private"}, {"acl": "public-read"})
    service = [{"network_configuration": [{"assign_public_ip": value}]} for value in (False, True)]
    assert len(list(public_exposure(changes(balancer, acl, entry("aws_ecs_service.a", "change", *service))))) == 3


CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("aws_db_instance", {"storage_encrypted": True}, {"storage_encrypted": False}),
    ("aws_kms_key", {"enable_key_rotation": True}, {"enable_key_rotation": False}),
    ("aws_sns_topic", {"kms_master_key_id": "key"}, {"kms_master_key_id": None}),
    (
        "aws_s3_bucket_server_side_encryption_configuration",
        {"rule": [{SSE: [{"sse_algorithm": "aws:kms"}]}]},
        {"rule": [{SSE: [{"sse_algorithm": "AES256"}]}]},
    ),
    ("aws_lb_listener", {"protocol": "HTTPS"}, {"protocol": "HTTP"}),
    (
        "aws_lb_listener",
        {"ssl_policy": "ELBSecurityPolicy-TLS13-1-2-2021-06"},
        {"ssl_policy": "ELBSecurityPolicy-2016-08"},
    ),
    (
        "aws_cloudfront_distribution",
        {"viewer_certificate": [{"minimum_protocol_version": "TLSv1.2_2021"}]},
        {"viewer_certificate": [{"minimum_protocol_version": "TLSv1.2_2019"}]},
    ),
    (
        "aws_cloudfront_distribution",
        {"default_cache_behavior": [{"viewer_protocol_policy": "redirect-to-https"}]},
        {"default_cache_behavior": [{"viewer_protocol_policy": "allow-all"}]},
    ),
    ("aws_ssm_parameter", {"type": "SecureString"}, {"type": "String"}),
    ("aws_db_proxy", {"require_tls": True}, {"require_tls": False}),
]


@pytest.mark.parametrize(("type_", "before", "after"), CASES)
def test_weaker_encryption(type_: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    def found(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
        return [one.text for one in weaker_encryption(changes(entry(f"{type_}.a", "change", old, new)))]

    assert len(found(before, after)) == 1
    assert found(after, before) == []
