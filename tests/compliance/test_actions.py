"""What is known about IAM's actions, and what a pattern of ARNs can be about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import compliance.actions
from compliance.__main__ import main
from compliance.actions import actions, matching
from compliance.arns import KINDS, can_be
from compliance.evaluation import matches

if TYPE_CHECKING:
    from pathlib import Path

_OBJECT = "arn:${Partition}:s3:::${BucketName}/${ObjectName}"
_BUCKET = "arn:${Partition}:s3:::${BucketName}"


def names(pattern: str) -> list[str]:
    return [action.name for action in matching(pattern)]


def test_a_pattern_names_actions_in_any_case() -> None:
    assert names("ECR:getauthorization*") == ["GetAuthorizationToken"]
    assert names("kms:ReEncrypt*") == ["ReEncryptFrom", "ReEncryptTo"]


@pytest.mark.parametrize("pattern", ["", "*", "s3", "s3:", ":GetObject", "s33:GetObject", "s3:GetObjects", "a4b:*:x"])
def test_a_pattern_that_names_nothing(pattern: str) -> None:
    assert names(pattern) == []


def test_a_service_that_aws_does_not_have() -> None:
    assert actions("pipeline") is None
    assert len(actions("codepipeline") or ()) > 30


def test_a_key_with_a_variable_has_any_text_for_it() -> None:
    (decrypt,) = matching("kms:Decrypt")
    assert decrypt.has_key("kms:EncryptionContext:aws:logs:arn")
    assert decrypt.has_key("KMS:viaservice")
    assert not decrypt.has_key("kms:EncryptionContext:")
    assert not decrypt.has_key("kms:Nothing")


def test_an_action_without_resources_can_only_be_on_everything() -> None:
    (token,) = matching("ecr:GetAuthorizationToken")
    assert token.resources == ()
    assert token.can_be_on("*")
    assert not token.can_be_on("arn:aws:ecr:us-east-1:1:repository/*")


@pytest.mark.parametrize("service", sorted({arn.partition(":")[0].replace("*", "star-") for arn in KINDS.values()}))
def test_the_service_of_each_known_arn_exists(service: str) -> None:
    assert actions(service)


@pytest.mark.parametrize("kind", KINDS)
def test_each_known_arn_is_one_of_its_service(kind: str) -> None:
    arn = f"arn:aws:{KINDS[kind]}"
    service = KINDS[kind].partition(":")[0].replace("*", "star-")
    assert any(action.can_be_on(arn) for action in matching(f"{service}:*"))


@pytest.mark.parametrize(
    ("pattern", "kind", "can"),
    [
        ("*", _BUCKET, True),
        ("arn:aws:s3:::assets", _BUCKET, True),
        ("arn:aws:s3:::assets", _OBJECT, False),
        ("arn:aws:s3:::assets/*", _BUCKET, False),
        ("arn:aws:s3:::assets/*", _OBJECT, True),
        ("arn:aws:s3:::assets*", _BUCKET, True),
        ("arn:aws:s3:::assets*", _OBJECT, True),
        ("arn:aws:s3:::*", _OBJECT, True),
        ("arn:aws:s3:us-east-1::assets", _BUCKET, False),
        ("arn:aws:s3", _BUCKET, False),
        ("arn:aws:s3:::asset?/*", _OBJECT, True),
        ("arn:aws:ecs:r:a:service/c/s", "arn:${Partition}:ecs:${Region}:${Account}:service/${C}/${S}", True),
        ("arn:aws:ecs:r:a:service/x", "arn:${Partition}:ecs:${Region}:${Account}:service/${C}/${S}", False),
        ("arn:aws:ecs:r:a:*/s", "arn:${Partition}:ecs:${Region}:${Account}:service/${C}/${S}", True),
        ("arn:aws:ecs:r:a:*/s", "arn:${Partition}:ecs:${Region}:${Account}:cluster/default", False),
    ],
)
def test_what_a_pattern_can_be_about(pattern: str, kind: str, *, can: bool) -> None:
    assert can_be(pattern, kind) is can


_PARTS = st.text("ab/", max_size=5)
_PATTERNS = st.text("ab/*?", max_size=6)


@given(pattern=_PATTERNS, bucket=st.text("ab", min_size=1, max_size=4), key=_PARTS)
def test_a_pattern_that_matches_an_object_can_be_one(pattern: str, bucket: str, key: str) -> None:
    if matches(pattern, f"{bucket}/{key}"):
        assert can_be(f"arn:aws:s3:::{pattern}", _OBJECT)


@given(pattern=st.text("ab/?", max_size=6))
def test_a_pattern_without_text_of_any_length_is_a_bucket_or_an_object(pattern: str) -> None:
    arn = f"arn:aws:s3:::{pattern}"
    assert can_be(arn, _BUCKET) is ("/" not in pattern)
    assert can_be(arn, _OBJECT) is ("/" in pattern or "?" in pattern)


def test_a_missing_package_is_reported_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], output: Path
) -> None:
    for cached in (compliance.actions.actions, compliance.actions.matching, compliance.actions._reference):  # noqa: SLF001
        cached.cache_clear()
    with monkeypatch.context() as context:
        context.setattr(compliance.actions, "find_spec", lambda _: None)
        status = main(["--output", str(output)])
    assert (status, capsys.readouterr().err) == (
        2,
        "the package policy_sentry is not installed; 'make check' installs it from its lock\n",
    )
