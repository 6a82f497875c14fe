"""What of an environment cannot be made again, and whether it has a copy in another region.

A store is, by what the JSON says and not by a list of names:

- a database that is not a replica and does not serve for a lost region, and a DynamoDB table;
- a repository of images that are not pulled from a registry of others, and that is no copy of one in another region;
- a bucket whose files do not expire, or that has the audit trail, unless only Terraform writes its files, or it is
  itself the destination of a replication, or in the stack of a pipeline, which makes what it keeps there again. Files
  that expire are logs or artifacts: all of a bucket, or all that something other than Terraform may write to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from compliance.backup_selections import DOCUMENTDB, POSTGRES, Candidate, copy_vaults
from compliance.policies import Kind, allows_action, many, statements
from compliance.references import Place, of_same_environment, places, referred
from compliance.second_region import is_in_second_region
from synthesis.stateful import SOURCE_OF_REPLICA
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthesis.manifest import Stack
    from synthesis.template import Resource

    Stacks = Mapping[str, Stack]

BUCKET, REPOSITORY, TABLE = "aws_s3_bucket", "aws_ecr_repository", "aws_dynamodb_table"
_REPLICATION: Final = "aws_s3_bucket_replication_configuration"
_BUCKET_ARN: Final = "arn:aws:s3:::"
_PIPELINE: Final = "aws_codepipeline"
_RECOVERY: Final = "recovery"
"""The layer whose buckets and repositories are there to receive copies."""


def stores(stack: Stack, stacks: Stacks) -> Iterator[Resource]:
    """The stores of a stack."""
    for database in stack.all(POSTGRES, DOCUMENTDB) if not is_in_second_region(stack, stacks) else ():
        if not database.get(SOURCE_OF_REPLICA):
            yield database
    yield from stack.all(TABLE)
    for repository in stack.all(REPOSITORY):
        if not _is_pulled(repository, stack) and not _is_image_copy(repository, stack, stacks):
            yield repository
    for bucket in stack.all(BUCKET) if not any(stack.all(_PIPELINE)) else ():
        if (
            _keeps_files(bucket, stack, stacks)
            and not _is_written_by_terraform(bucket, stack, stacks)
            and not _is_file_copy(bucket, stack, stacks)
        ):
            yield bucket


def is_copied(store: Resource, stack: Stack, stacks: Stacks) -> bool:
    """Whether something of the environment keeps a copy of a store in another region."""
    checks = {
        POSTGRES: lambda: _has_replicated_backups(store, stack, stacks) or _has_copied_backups(store, stack, stacks),
        DOCUMENTDB: lambda: _has_copied_backups(store, stack, stacks),
        TABLE: lambda: _has_replica(store, stack, stacks),
        REPOSITORY: lambda: _is_replicated(store, stack, stacks),
        BUCKET: lambda: _has_replicated_files(store, stack, stacks),
    }
    return checks[store.kind]()


def is_for_copies(store: Resource, stack: Stack) -> bool:
    """Whether a store is there to receive copies: of the layer `recovery`, or in another region than its stack."""
    return stack.layer == _RECOVERY or stack.region_of(store) != stack.region


def writers(bucket: Resource, stack: Stack, stacks: Stacks) -> Iterator[Resource]:
    """The resources whose policies let a role, or a service of AWS, add files to a bucket: not only one of one name."""
    yield from (resource for resource, _ in _written(bucket, stack, stacks))


def _written(bucket: Resource, stack: Stack, stacks: Stacks) -> Iterator[tuple[Resource, str]]:
    """The writers of a bucket, each with the pattern of the keys that it may write."""
    for other in of_same_environment(stack, stacks):
        for resource, statement in statements(other, Kind.PERMISSIONS, Kind.RESOURCE, stacks=stacks):
            if allows_action(statement, "s3:PutObject"):
                for text in many(statement.get("Resource")):
                    if text.endswith("*") and Place.of(stack, bucket) in places(text, other, stacks):
                        yield resource, text.rpartition("}")[2].removeprefix("/")


def _has_replicated_backups(instance: Resource, stack: Stack, stacks: Stacks) -> bool:
    ending = f":{stack.region_of(instance)}:"
    return any(
        other.region_of(copy) != stack.region_of(instance)
        and (
            Place.of(stack, instance) in places(copy.get("source_db_instance_arn"), other, stacks)
            or (
                ending in str(copy.get("source_db_instance_arn"))
                and str(copy.get("source_db_instance_arn")).endswith(f":db:{instance.get('identifier')}")
            )
        )
        for other in of_same_environment(stack, stacks)
        for copy in other.all("aws_db_instance_automated_backups_replication")
    )


def _has_copied_backups(database: Resource, stack: Stack, stacks: Stacks) -> bool:
    """Whether a plan of AWS Backup finds a database, and copies its backups to a vault in another region."""
    candidate = Candidate(resource=database, stack=stack)
    return any(
        vaults_owner.region_of(vault) != candidate.region
        for owner, selection in candidate.selections(stacks)
        for plans_owner, plan in referred(selection.get("plan_id"), owner, stacks)
        for each in blocks(plan.get("rule"))
        for vaults_owner, vault in copy_vaults(each, plans_owner, stacks)
    )


def _has_replica(table: Resource, stack: Stack, stacks: Stacks) -> bool:
    here = stack.region_of(table)
    regions = {str(replica.get("region_name")) for replica in blocks(table.get("replica"))}
    regions |= {
        other.region_of(replica)
        for other in of_same_environment(stack, stacks)
        for replica in other.all("aws_dynamodb_table_replica")
        if Place.of(stack, table) in places(replica.get("global_table_arn"), other, stacks)
    }
    return bool(regions - {here})


def _is_pulled(repository: Resource, stack: Stack) -> bool:
    name = str(repository.get("name"))
    prefixes = (rule.get("ecr_repository_prefix") for rule in stack.all("aws_ecr_pull_through_cache_rule"))
    return any(name.startswith(f"{prefix}/") for prefix in prefixes)


def _image_copies(name: str, region: str, stack: Stack, stacks: Stacks) -> set[str]:
    """The regions to which the registry of a region replicates the repository of a name."""
    return {
        str(destination.get("region"))
        for other in of_same_environment(stack, stacks)
        for replication in other.all("aws_ecr_replication_configuration")
        if other.region_of(replication) == region
        for configuration in blocks(replication.get("replication_configuration"))
        for each in blocks(configuration.get("rule"))
        if not blocks(each.get("repository_filter"))
        or any(name.startswith(str(one.get("filter"))) for one in blocks(each.get("repository_filter")))
        for destination in blocks(each.get("destination"))
    } - {region}


def _repository_regions(name: str, stack: Stack, stacks: Stacks) -> set[str]:
    return {
        other.region_of(repository)
        for other in of_same_environment(stack, stacks)
        for repository in other.all(REPOSITORY)
        if repository.get("name") == name
    }


def _is_replicated(repository: Resource, stack: Stack, stacks: Stacks) -> bool:
    """Whether its images are copied to a repository of the environment: ECR would create one without a key."""
    name, here = str(repository.get("name")), stack.region_of(repository)
    return bool(_image_copies(name, here, stack, stacks) & _repository_regions(name, stack, stacks))


def _is_image_copy(repository: Resource, stack: Stack, stacks: Stacks) -> bool:
    name, here = str(repository.get("name")), stack.region_of(repository)
    others = _repository_regions(name, stack, stacks) - {here}
    return any(here in _image_copies(name, other, stack, stacks) for other in others)


def _keeps_files(bucket: Resource, stack: Stack, stacks: Stacks) -> bool:
    """Whether its files are kept: evidence for as long as the law asks, and all others without an end."""
    if any(bucket.is_referred_to_by(trail.get("s3_bucket_name")) for trail in stack.all("aws_cloudtrail")):
        return True
    expiring = {
        prefix
        for lifecycle in stack.attached(bucket, "aws_s3_bucket_lifecycle_configuration", by="bucket")
        for each in blocks(lifecycle.get("rule"))
        if each.get("status") == "Enabled"
        and any(one.get("days") or one.get("date") for one in blocks(each.get("expiration")))
        if (prefix := _prefix(each)) is not None
    }
    keys = [key for _, key in _written(bucket, stack, stacks)]
    return "" not in expiring and not (keys and all(key.startswith(tuple(expiring)) for key in keys))


def _prefix(block: Mapping[str, Any]) -> str | None:
    """Start of the keys that a rule of a lifecycle is about; None if it also asks for something else."""
    filters = {name: value for one in blocks(block.get("filter")) for name, value in one.items() if value}
    prefix = str(filters.pop("prefix", block.get("prefix") or ""))
    return None if filters else prefix


def _is_written_by_terraform(bucket: Resource, stack: Stack, stacks: Stacks) -> bool:
    """Whether only Terraform writes its files, so that an apply makes them again."""
    has_files = any(
        Place.of(stack, bucket) in places(item.get("bucket"), other, stacks)
        for other in of_same_environment(stack, stacks)
        for item in other.all("aws_s3_object")
    )
    return has_files and not any(writers(bucket, stack, stacks))


def _is_file_copy(bucket: Resource, stack: Stack, stacks: Stacks) -> bool:
    return any(
        is_bucket(destination.get("bucket"), bucket, stack, other, stacks)
        for other, _, destination in _destinations(stack, stacks)
    )


def _has_replicated_files(bucket: Resource, stack: Stack, stacks: Stacks) -> bool:
    """Whether all of its files are copied to a bucket of the environment in another region."""
    here = stack.region_of(bucket)
    there = [
        (owner, copy)
        for owner in of_same_environment(stack, stacks)
        for copy in owner.all(BUCKET)
        if owner.region_of(copy) != here
    ]
    return any(
        is_bucket(destination.get("bucket"), copy, owner, other, stacks)
        for other, source, destination in _destinations(stack, stacks)
        if is_bucket(source, bucket, stack, other, stacks)
        for owner, copy in there
    )


def _destinations(stack: Stack, stacks: Stacks) -> Iterator[tuple[Stack, object, Mapping[str, Any]]]:
    """Each source and destination of all its files, with the stack that has the replication."""
    for other in of_same_environment(stack, stacks):
        for replication in other.all(_REPLICATION):
            for each in blocks(replication.get("rule")):
                if each.get("status") == "Enabled" and _is_for_all(each):
                    for destination in blocks(each.get("destination")):
                        yield other, replication.get("bucket"), destination


def _is_for_all(block: Mapping[str, Any]) -> bool:
    """Whether a rule of a replication is about all files of its bucket."""
    return _prefix(block) == ""


def is_bucket(value: object, bucket: Resource, owner: Stack, stack: Stack, stacks: Stacks) -> bool:
    """Whether a value of a stack names a bucket of `owner`: by a reference, its name or its ARN."""
    return str(value).removeprefix(_BUCKET_ARN) == bucket.get("bucket") or Place.of(owner, bucket) in places(
        value, stack, stacks
    )
