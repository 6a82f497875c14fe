"""What becomes public, and encryption that becomes weaker."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from review.changes import CHANGE, CREATE, DESTROY, REPLACE
from review.finding import Finding, Level

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from review.changes import ResourceChange
    from review.differences import Path

_BLOCKS: Final = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
_BLOCK_TYPES: Final = frozenset({"aws_s3_account_public_access_block", "aws_s3_bucket_public_access_block"})
_PUBLIC: Final[Mapping[str, Level]] = {
    "publicly_accessible": Level.BLOCK,
    "assign_public_ip": Level.APPROVAL,
    "associate_public_ip_address": Level.APPROVAL,
    "map_public_ip_on_launch": Level.APPROVAL,
}
"""Arguments that are public when true; in a new database the first one blocks, too."""
_ACLS: Final = ("public-read", "public-read-write", "authenticated-read", "website")


def public_exposure(changes: Sequence[ResourceChange]) -> Iterator[Finding]:
    """A finding for each resource that becomes public, or whose block of public access goes."""
    for change in changes:
        for level, text in _public(change):
            yield Finding(action="open-public", level=level, address=change.address, text=text)


def _public(change: ResourceChange) -> Iterator[tuple[Level, str]]:
    if change.type in _BLOCK_TYPES:
        if change.kind == DESTROY and not change.is_deposed:
            yield Level.APPROVAL, "the block of public access is destroyed"
        for name in _BLOCKS if change.kind in {CHANGE, REPLACE} else ():
            if change.old(name) is True and change.new(name) is not True:
                yield Level.APPROVAL, f"{name} {change.show(name)}"
    if change.kind in {CREATE, CHANGE, REPLACE}:
        yield from _public_arguments(change)


def _public_arguments(change: ResourceChange) -> Iterator[tuple[Level, str]]:
    for name, level in _PUBLIC.items():
        is_old = change.kind != CREATE and change.old(name) is True
        if change.new(name) is True and not is_old and (change.kind != CREATE or level is Level.BLOCK):
            yield level, f"{name} {change.show(name)}"
    for path in (("network_configuration", 0, "assign_public_ip"), ("vpc_config", 0, "endpoint_public_access")):
        if change.kind != CREATE and change.old(*path) is not True and change.new(*path) is True:
            yield Level.APPROVAL, f"{path[-1]} {change.show(*path)}"
    if change.kind != CREATE and change.old("internal") is True and change.new("internal") is False:
        yield Level.APPROVAL, f"internal {change.show('internal')}: the load balancer gets public addresses"
    if change.new("acl") in _ACLS and change.old("acl") not in _ACLS:
        yield Level.APPROVAL, f"acl {change.show('acl')}"


_ENCRYPTS: Final = (
    "at_rest_encryption_enabled",
    "enable_key_rotation",
    "encrypted",
    "encryption_at_rest",
    "require_tls",
    "storage_encrypted",
    "transit_encryption_enabled",
)
_KEYS: Final = ("kms_key_arn", "kms_key_id", "kms_master_key_id", "performance_insights_kms_key_id")
_SSE: Final[Path] = ("rule", 0, "apply_server_side_encryption_by_default", 0)
_TLS: Final[Sequence[Path]] = (("ssl_policy",), ("viewer_certificate", 0, "minimum_protocol_version"))
_ENCRYPTION_TYPES: Final = frozenset(
    {"aws_ebs_encryption_by_default", "aws_s3_bucket_server_side_encryption_configuration"}
)
_ALGORITHMS: Final = ("AES256", "aws:kms", "aws:kms:dsse")
"""From the weakest: who may use the bucket's own encryption is decided by no key policy.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/serv-side-encryption.html
"""


def weaker_encryption(changes: Sequence[ResourceChange]) -> Iterator[Finding]:
    """A finding for each resource whose encryption ends or becomes weaker."""
    for change in changes:
        for level, text in _weaker(change):
            yield Finding(action="weaken-encryption", level=level, address=change.address, text=text)


def _weaker(change: ResourceChange) -> Iterator[tuple[Level, str]]:
    if change.kind == DESTROY and change.type in _ENCRYPTION_TYPES and not change.is_deposed:
        yield Level.APPROVAL, "the encryption that it sets is destroyed with it"
    if change.kind not in {CHANGE, REPLACE}:
        return
    for name in _ENCRYPTS:
        if change.old(name) is True and change.new(name) in (False, None):
            yield Level.BLOCK, f"{name} {change.show(name)}"
    for name in _KEYS:
        if change.old(name) and change.new(name) in (None, ""):
            yield Level.APPROVAL, f"{name} {change.show(name)}"
    yield from _weaker_transport(change)
    old, new = change.old(*_SSE, "sse_algorithm"), change.new(*_SSE, "sse_algorithm")
    if old in _ALGORITHMS and new in _ALGORITHMS and _ALGORITHMS.index(new) < _ALGORITHMS.index(old):
        yield Level.APPROVAL, f"sse_algorithm {change.show(*_SSE, 'sse_algorithm')}"
    if (
        change.type == "aws_ssm_parameter"
        and change.old("type") == "SecureString"
        and change.new("type") != "SecureString"
    ):
        yield Level.BLOCK, f"type {change.show('type')}"


def _weaker_transport(change: ResourceChange) -> Iterator[tuple[Level, str]]:
    for path in _TLS:
        if _tls_is_weaker(change.old(*path), change.new(*path)):
            yield Level.APPROVAL, f"{path[-1]} {change.show(*path)}"
    if change.old("protocol") in ("HTTPS", "TLS") and change.new("protocol") in ("HTTP", "TCP"):
        yield Level.BLOCK, f"protocol {change.show('protocol')}"
    policy = ("default_cache_behavior", 0, "viewer_protocol_policy")
    if change.old(*policy) not in (None, "allow-all") and change.new(*policy) == "allow-all":
        yield Level.BLOCK, f"viewer_protocol_policy {change.show(*policy)}"


def _tls_is_weaker(old: object, new: object) -> bool:
    """Whether a policy of TLS allows an older version, or is an older one of the same version."""
    if not isinstance(old, str) or not isinstance(new, str):
        return False
    return _tls(new) < _tls(old)


def _tls(policy: str) -> tuple[tuple[int, ...], int]:
    # ELBSecurityPolicy-TLS13-1-2-2021-06, TLSv1.2_2021, ELBSecurityPolicy-2016-08, TLSv1:
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html
    year = re.search(r"20\d\d", policy)
    least = re.search(r"TLS13-(?P<a>\d)-(?P<b>\d)|(?:TLS|FS)-(?P<c>\d)-(?P<d>\d)|TLSv(?P<e>\d)(?:\.(?P<f>\d))?", policy)
    version = tuple(int(part) for part in least.groups() if part) if least else (1, 0)
    return (version if len(version) > 1 else (*version, 0)), int(year[0]) if year else 0
