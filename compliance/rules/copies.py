"""Data that cannot be made again is in two regions, and what is for backups gets some."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance.references import of_same_environment
from compliance.rule import Finding, rule_with_others
from compliance.stores import BUCKET, is_copied, is_for_copies, stores, writers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthesis.manifest import Stack

_DATA: Final = "data"
"""The layer whose buckets are for backups."""
_SERVICES: Final = "service"
"""The layer of the services, which may write to them."""


@rule_with_others
def data_is_in_two_regions(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """With `protect_data`, all that cannot be made again has a copy in another region: `compliance/stores.py`."""
    for store in stores(stack, stacks) if stack.is_protected else ():
        if is_copied(store, stack, stacks):
            continue
        if is_for_copies(store, stack):
            yield Finding.about(store, "is for copies, and no replication leads to it; add one, or remove it")
        else:
            fix = 'mode = "backup" in [recovery] makes one; or accept it in compliance/exceptions.toml'
            yield Finding.about(store, f"has no copy in another region; {fix}")


@rule_with_others
def backups_bucket_has_a_writer(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """With `protect_data`, something may write to each bucket of the layer `data`, which is for backups.

    Services may; while they are left out, because the zone is not delegated yet, nothing has to.
    """
    waits = any(_SERVICES in other.left_out for other in of_same_environment(stack, stacks))
    if stack.is_protected and stack.layer == _DATA and not waits:
        for bucket in stack.all(BUCKET):
            if not any(writers(bucket, stack, stacks)):
                fix = "set writes_backups = true for a service, or remove [backups]"
                yield Finding.about(bucket, f"nothing may write to it, so it has no backups; {fix}")
