"""Refuses a plan with a change that AWS refuses, before anything of it is applied: of databases, and of taken names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from review.changes import CHANGE, REPLACE, resource_changes
from review.rules.versions import goes_back
from runner.errors import RunnerError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from review.changes import ResourceChange
    from runner.terraform import Plan, Terraform
    from synthesis.manifest import Stack

_SETTINGS: Final = {"aws_db_instance": "postgres", "aws_docdb_cluster": "documentdb"}
"""The table of the settings that a type of databases comes from."""
_VERSION: Final = {"aws_db_instance": "major_version or engine_version", "aws_docdb_cluster": "engine_version"}
_MAJOR_PARTS: Final = {"aws_db_instance": 1, "aws_docdb_cluster": 2}

_UNIQUE: Final = {
    "aws_cloudfront_function": "name",
    "aws_cloudwatch_log_group": "name",
    "aws_codedeploy_deployment_config": "deployment_config_name",
    "aws_db_instance": "identifier",
    "aws_db_parameter_group": "name",
    "aws_db_subnet_group": "name",
    "aws_docdb_cluster": "cluster_identifier",
    "aws_docdb_cluster_parameter_group": "name",
    "aws_docdb_subnet_group": "name",
    "aws_ecr_repository": "name",
    "aws_ecs_service": "name",
    "aws_iam_role": "name",
    "aws_kms_alias": "name",
    "aws_lambda_function": "function_name",
    "aws_lb": "name",
    "aws_lb_target_group": "name",
    "aws_s3_bucket": "bucket",
    "aws_secretsmanager_secret": "name",
    "aws_sqs_queue": "name",
    "aws_wafv2_ip_set": "name",
    "aws_wafv2_regex_pattern_set": "name",
    "aws_wafv2_rule_group": "name",
    "aws_wafv2_web_acl": "name",
}
"""The argument of which AWS takes a value once: a second resource with it is refused while the first one is there."""


def refuse_impossible(stack: Stack, terraform: Terraform, plan: Plan) -> None:
    """Refuse to apply what AWS would refuse in the middle of the apply.

    Raises:
        RunnerError: The plan gives a database an older version, a new major version without the permission, or a limit
            of storage below what it has; or it makes a second resource with a name before the first one is deleted.
    """
    updated, replaced = (f"update {type_}." for type_ in _SETTINGS), (f"replace {type_}." for type_ in _UNIQUE)
    wanted = (*updated, *replaced)
    if not any(line.startswith(wanted) for line in plan.planned):
        return
    for text, remedy in find_impossible(resource_changes(terraform.content(plan))):
        message = f"{stack.id} is not applied: {text}."
        raise RunnerError(message, remedy.format(file=f"environments/{stack.environment}.toml"))


def find_impossible(changes: Iterable[ResourceChange]) -> Iterator[tuple[str, str]]:
    """What AWS will refuse, and what to do instead, with `{file}` for the environment's file."""
    for change in changes:
        if change.kind == CHANGE and change.type in _SETTINGS:
            found = (*_versions(change), *_storage(change))
        else:
            found = (*_taken_name(change),)
        yield from ((f"{change.address}: {text}", remedy) for text, remedy in found)


def _taken_name(change: ResourceChange) -> Iterator[tuple[str, str]]:
    """A resource that is made before the one that it replaces is deleted, with the same name."""
    argument = _UNIQUE.get(change.type)
    if argument is None or change.kind != REPLACE or list(change.content["actions"]) != ["create", "delete"]:
        return
    name = change.old(argument)
    if name and name == change.new(argument):
        remedy = "Undo the change in {file}, or make it in two applies: without what has that name, and with it again."
        if change.type == "aws_lb":
            remedy = "Give the load balancer another name in {file} at the same time: `name` in [load_balancer]."
        shown = change.mask.show(name, argument)
        why = f"{argument} {shown} is taken by the one that it replaces ({change.cause()}), which is deleted afterwards"
        yield why, remedy


def _versions(change: ResourceChange) -> Iterator[tuple[str, str]]:
    """An older version, or another major version without permission.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.PostgreSQL.html
    """
    old, new = change.old("engine_version"), change.new("engine_version")
    shown, table = change.show("engine_version"), _SETTINGS[change.type]
    if goes_back(old, new):
        remedy = (
            f"Put {_VERSION[change.type]} of [{table}] in {{file}} back. To have the older version again, restore a "
            "snapshot from before the upgrade (docs/recovery.md)."
        )
        yield f"engine_version {shown}: AWS has no way back to an older version", remedy
    elif _major(change, new) != _major(change, old) and change.new("allow_major_version_upgrade") is not True:
        remedy = (
            f"Set allow_major_upgrade = true in [{table}] of {{file}} for this one apply, after a rehearsal with a "
            "copy (docs/runbooks/)."
        )
        yield f"engine_version {shown}: AWS needs permission for another major version", remedy


def _major(change: ResourceChange, version: object) -> list[str]:
    return str(version).split(".")[: _MAJOR_PARTS[change.type]]


def _storage(change: ResourceChange) -> Iterator[tuple[str, str]]:
    """A limit below the storage of today.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html
    """
    size, most = change.old("allocated_storage"), change.new("max_allocated_storage")
    if change.type == "aws_db_instance" and isinstance(size, int) and isinstance(most, int) and most < size:
        yield (
            f"max_allocated_storage {change.show('max_allocated_storage')}: it has {size} GiB, and AWS takes none back",
            f"Set max_storage_gib of [postgres] in {{file}} to {size * 11 // 10 + 1} or more.",
        )
