"""Stores: whatever keeps data encrypts it, in each type of AWS, with a key or with AWS's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from compliance.arguments import at, is_off, is_on, is_set, walk
from compliance.references import of_same_environment
from compliance.rule import Finding, rule_with_others
from compliance.store_encryption import ACCOUNT_DEFAULT, BLOCKS, DISKS, INVERTED, REQUIRED, SWITCHES, TYPES
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthesis.manifest import Stack
    from synthesis.template import Resource

_BUCKET: Final = "aws_s3_bucket"
_BUCKET_ENCRYPTION: Final = "aws_s3_bucket_server_side_encryption_configuration"
_INHERITED: Final = frozenset({"replicate_source_db"})
"""A replica in the region of its source is encrypted as that one is, and the provider ignores the argument."""


@rule_with_others
def store_is_encrypted(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """Whatever keeps data encrypts it: databases, volumes, file systems, queues, streams, caches, buckets, backups."""
    by_default = any(
        one.get("enabled") is not False
        for other in of_same_environment(stack, stacks)
        for one in other.all(ACCOUNT_DEFAULT)
    )
    for resource in stack.all():
        for problem in dict.fromkeys((*_switched_off(resource), *_missing(stack, resource, by_default=by_default))):
            yield Finding.about(resource, problem)


def _switched_off(resource: Resource) -> Iterator[str]:
    for path, name, value in walk(dict(resource.arguments)):
        if (SWITCHES.search(name) and is_off(value)) or (name in TYPES and str(value).upper() == "NONE"):
            if name == "sqs_managed_sse_enabled" and is_set(resource.get("kms_master_key_id")):
                continue
            yield f"{path} is {_shown(value)}, so what it stores is not encrypted"
        elif name in INVERTED and value not in (None, False):
            yield f"{path} is {_shown(value)}, so what it stores is not encrypted"
        elif name in BLOCKS:
            for block in blocks(value):
                # A table of DynamoDB is encrypted with a key of AWS's then; the rule on its key is another one.
                if is_off(block.get("enabled")) and not resource.kind.startswith("aws_dynamodb_"):
                    yield f"{path}.enabled is {_shown(block.get('enabled'))}, so what it stores is not encrypted"


def _missing(stack: Stack, resource: Resource, *, by_default: bool) -> Iterator[str]:
    if resource.kind in REQUIRED:
        argument, *instead = REQUIRED[resource.kind]
        is_inherited = any(is_set(resource.get(one)) for one in (*instead, *_INHERITED))
        if not any(map(is_on, at(resource.arguments, argument))) and not is_inherited:
            yield f"{argument} is not set, and AWS does not encrypt by default; set it"
    elif resource.kind in DISKS and not by_default:
        roots = blocks(resource.get("root_block_device"))
        if not any(block.get("encrypted") is True for block in roots):
            yield f"root_block_device.encrypted is not set, and the account has no {ACCOUNT_DEFAULT}; set it"
    elif resource.kind == _BUCKET:
        inline = resource.get("server_side_encryption_configuration")
        if not inline and not stack.attached(resource, _BUCKET_ENCRYPTION, by="bucket"):
            yield f"no {_BUCKET_ENCRYPTION} on it; add one"


def _shown(value: Any) -> str:  # noqa: ANN401 - JSON is of any type
    return str(value).lower() if isinstance(value, bool) else str(value)
