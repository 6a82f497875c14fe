"""What is open to everyone by a flag, without a policy: buckets, addresses of functions, snapshots."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from compliance.arguments import is_off, is_on, is_set, walk
from compliance.rule import Finding, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synthesis.manifest import Stack

_ACLS: Final = frozenset({"public-read", "public-read-write", "authenticated-read", "website", "aws-exec-read"})
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl"""
_EVERYONE: Final = re.compile(
    r"http://acs\.amazonaws\.com/groups/(global/(AllUsers|AuthenticatedUsers)|s3/LogDelivery)"
)
_PUBLIC_TYPES: Final = {
    "aws_ecrpublic_repository": "is open to everyone by its type; use aws_ecr_repository",
    "aws_s3_bucket_website_configuration": "makes a bucket a website, which is plain HTTP and public; use CloudFront",
}
_BLOCKS: Final = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
_POINTS: Final = ("aws_s3_access_point", "aws_s3control_multi_region_access_point", "aws_s3_bucket_public_access_block")


@rule
def bucket_is_made_public_by_nothing(stack: Stack) -> Iterator[Finding]:
    """No ACL, website, access point or object opens a bucket to everyone."""
    for resource in stack.all():
        if resource.kind in _PUBLIC_TYPES:
            yield Finding.about(resource, _PUBLIC_TYPES[resource.kind])
        is_of_s3 = resource.kind.startswith(("aws_s3_", "aws_s3control_"))
        for path, name, value in walk(dict(resource.arguments)) if is_of_s3 else ():
            if name == "acl" and str(value) in _ACLS:
                yield Finding.about(resource, f"{path} is {value}")
            elif name == "uri" and _EVERYONE.fullmatch(str(value)) and "LogDelivery" not in str(value):
                yield Finding.about(resource, f"{path} grants it to {value}")
            elif name in _BLOCKS and is_set(value) and is_off(value) and resource.kind in _POINTS:
                yield Finding.about(resource, f"{path} is off")
            elif name == "website" and is_set(value):
                yield Finding.about(resource, "is a website, which is plain HTTP and public; use CloudFront")


@rule
def function_address_asks_who_calls(stack: Stack) -> Iterator[Finding]:
    """The address of a function, and the methods of an API, ask who calls; NONE lets everyone in."""
    for address in stack.all("aws_lambda_function_url"):
        if str(address.get("authorization_type")).upper() == "NONE":
            yield Finding.about(address, "authorization_type is NONE, so everyone may call the function")
    for method in stack.all("aws_api_gateway_method"):
        is_open = str(method.get("authorization")).upper() == "NONE" and not is_on(method.get("api_key_required"))
        if is_open and str(method.get("http_method")).upper() != "OPTIONS":
            yield Finding.about(method, "authorization is NONE, so everyone may call it")


@rule
def account_blocks_public_snapshots(stack: Stack) -> Iterator[Finding]:
    """The account refuses to make snapshots, images and documents public, wherever that is set."""
    for setting in stack.all("aws_ebs_snapshot_block_public_access"):
        if str(setting.get("state")) != "block-all-sharing":
            yield Finding.about(setting, f"state is {setting.get('state')}; use block-all-sharing")
    for setting in stack.all("aws_ec2_image_block_public_access"):
        if str(setting.get("state")) != "block-new-sharing":
            yield Finding.about(setting, f"state is {setting.get('state')}; use block-new-sharing")
