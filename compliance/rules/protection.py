"""With `protect_data`, nothing that holds data can be destroyed by mistake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance.rule import Finding, rule
from synthesis.stateful import SOURCE_OF_REPLICA, STATEFUL, is_spare_replica

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synthesis.manifest import Stack
    from synthesis.template import Resource

_DELETION_PROTECTION: Final = {
    "aws_db_instance": "deletion_protection",
    "aws_docdb_cluster": "deletion_protection",
    "aws_docdb_global_cluster": "deletion_protection",
    "aws_dynamodb_table": "deletion_protection_enabled",
    "aws_dynamodb_table_replica": "deletion_protection_enabled",
    "aws_lb": "enable_deletion_protection",
}
_SNAPSHOT_TAKERS: Final = ("aws_db_instance", "aws_docdb_cluster")
_FORCE: Final = ("force_destroy", "force_delete")


@rule
def stateful_resource_cannot_be_destroyed(stack: Stack) -> Iterator[Finding]:
    """Terraform refuses to destroy resources that hold data."""
    for resource in _protected(stack, *STATEFUL):
        if resource.block("lifecycle").get("prevent_destroy") is not True:
            yield Finding.about(resource, "holds data and lifecycle.prevent_destroy is off")


@rule
def deletion_protection_is_on(stack: Stack) -> Iterator[Finding]:
    """Resources that have deletion protection have it switched on."""
    for kind, argument in _DELETION_PROTECTION.items():
        for resource in _protected(stack, kind):
            if not resource.is_on(argument):
                yield Finding.about(resource, f"{argument} is off")


@rule
def final_snapshot_is_taken(stack: Stack) -> Iterator[Finding]:
    """A database that is deleted leaves a final snapshot with a known name."""
    for database in _protected(stack, *_SNAPSHOT_TAKERS):
        if database.get(SOURCE_OF_REPLICA):
            continue  # RDS makes none of a replica
        if database.is_on("skip_final_snapshot") or not database.get("final_snapshot_identifier"):
            yield Finding.about(database, "takes no final snapshot with a name")


@rule
def final_snapshot_has_a_new_name(stack: Stack) -> Iterator[Finding]:
    """The name of a final snapshot is new for each database: the one of the database before still exists."""
    for database in stack.all(*_SNAPSHOT_TAKERS):
        name = database.get("final_snapshot_identifier")
        randoms = stack.all("terraform_data")
        if name is not None and not any(random.is_referred_to_by(name) for random in randoms):
            yield Finding.about(
                database, "final_snapshot_identifier is the same for ever; end it in a terraform_data's id"
            )


@rule
def force_destroy_is_off(stack: Stack) -> Iterator[Finding]:
    """Terraform does not empty buckets, repositories or vaults in order to destroy them."""
    for resource in _protected(stack):
        for argument in _FORCE:
            if resource.is_on(argument):
                yield Finding.about(resource, f"{argument} is on")


def _protected(stack: Stack, *kinds: str) -> Iterator[Resource]:
    if stack.is_protected:
        for resource in stack.all(*kinds):
            if not is_spare_replica(resource.arguments, region=stack.region):
                yield resource
