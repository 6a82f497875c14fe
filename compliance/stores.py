"""What of an environment cannot be made again, and whether it has a copy in another region.

A store is, by what the JSON says and not by a list of names:

- a database that is no replica, and a DynamoDB table;
- a repository of images that are not pulled from a registry of others, and that is no copy of one in another region;
- a bucket whose files do not expire, or that has the audit trail, unless only Terraform writes its files, or it is
  itself the destination of a replication. Files that expire are logs or artifacts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from compliance.policies import Kind, allows_action, many, statements
from compliance.references import Place, of_same_environment, places, referred
from synthesis.stateful import SOURCE_OF_REPLICA
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthesis.manifest import Stack
    from synthesis.template import Resource

    Stacks = Mapping[str, Stack]

BUCKET, REPOSITORY, TABLE = "aws_s3_bucket", "aws_ecr_repository", "aws_dynamodb_table"
POSTGRES, DOCUMENTDB = "aws_db_instance", "aws_docdb_cluster"
_REPLICATION: Final = "aws_s3_bucket_replication_configuration"
_BUCKET_ARN: Final = "arn:aws:s3:::"
_TAG: Final = "aws:ResourceTag/"


def stores(stack: Stack, stacks: Stacks) -> Iterator[Resource]:
    """The stores of a stack."""
    for database in stack.all(POSTGRES, DOCUMENTDB):
        if not database.get(SOURCE_OF_REPLICA):
            yield database
    yield from stack.all(TABLE)
    for repository in stack.all(REPOSITORY):
        if not _is_pulled(repository, stack) and not _is_image_copy(repository, stack, stacks):
            yield repository
    for bucket in stack.all(BUCKET):
        if (
            _keeps_files(bucket, stack)
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


def writers(bucket: Resource, stack: Stack, stacks: Stacks) -> Iterator[Resource]:
    """The resources whose policies let a role, or a service of AWS, add files to a bucket: not only one of one name."""
    for other in of_same_environment(stack, stacks):
        for resource, statement in statements(other, Kind.PERMISSIONS, Kind.RESOURCE):
            if allows_action(statement, "s3:PutObject"):
                folders = [text for text in many(statement.get("Resource")) if text.endswith("*")]
                if Place.of(stack, bucket) in places(folders, other, stacks):
                    yield resource


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
    """Whether a plan of AWS Backup finds a database by its tags, and copies its backups to another region."""
    tags = {
        **{
            key: value
            for provider in stack.providers
            if not provider.get("alias")
            for block in blocks(provider.get("default_tags"))
            for key, value in block.get("tags", {}).items()
        },
        **(database.get("tags") or {}),
    }
    return any(
        plan.kind == "aws_backup_plan" and _copies(plan, owner)
        for other in of_same_environment(stack, stacks)
        for selection in other.all("aws_backup_selection")
        if _selects(selection, tags)
        for owner, plan in referred(selection.get("plan_id"), other, stacks)
    )


def _selects(selection: Resource, tags: Mapping[str, Any]) -> bool:
    wanted = {
        str(test["key"]).removeprefix(_TAG): test["value"]
        for condition in blocks(selection.get("condition"))
        for test in blocks(condition.get("string_equals"))
    }
    wanted |= {test["key"]: test["value"] for test in blocks(selection.get("selection_tag"))}
    return bool(wanted) and wanted.items() <= tags.items()


def _copies(plan: Resource, stack: Stack) -> bool:
    return any(
        f":{stack.region}:" not in str(copy.get("destination_vault_arn"))
        for each in blocks(plan.get("rule"))
        for copy in blocks(each.get("copy_action"))
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


def _keeps_files(bucket: Resource, stack: Stack) -> bool:
    """Whether its files are kept: evidence for as long as the law asks, and all others without an end."""
    if any(bucket.is_referred_to_by(trail.get("s3_bucket_name")) for trail in stack.all("aws_cloudtrail")):
        return True
    expires = any(
        one.get("days") or one.get("date")
        for lifecycle in stack.attached(bucket, "aws_s3_bucket_lifecycle_configuration", by="bucket")
        for each in blocks(lifecycle.get("rule"))
        if each.get("status") == "Enabled"
        for one in blocks(each.get("expiration"))
    )
    return not expires


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
        _is_bucket(destination.get("bucket"), bucket, stack, other, stacks)
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
        _is_bucket(destination.get("bucket"), copy, owner, other, stacks)
        for other, source, destination in _destinations(stack, stacks)
        if _is_bucket(source, bucket, stack, other, stacks)
        for owner, copy in there
    )


def _destinations(stack: Stack, stacks: Stacks) -> Iterator[tuple[Stack, object, Mapping[str, Any]]]:
    """Each source and destination of all its files, with the stack that has the replication."""
    for other in of_same_environment(stack, stacks):
        for replication in other.all(_REPLICATION):
            for each in blocks(replication.get("rule")):
                is_part = any(value for one in blocks(each.get("filter")) for value in one.values())
                if each.get("status") == "Enabled" and not is_part:
                    for destination in blocks(each.get("destination")):
                        yield other, replication.get("bucket"), destination


def _is_bucket(value: object, bucket: Resource, owner: Stack, stack: Stack, stacks: Stacks) -> bool:
    """Whether a value of a stack names a bucket of `owner`: by a reference, its name or its ARN."""
    return str(value).removeprefix(_BUCKET_ARN) == bucket.get("bucket") or Place.of(owner, bucket) in places(
        value, stack, stacks
    )
