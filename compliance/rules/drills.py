"""Restore drills: each database has one that can succeed, it is isolated, and something says whether it is valid."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from compliance.backup_selections import DOCUMENTDB, POSTGRES, Candidate, named_vaults
from compliance.grants import role_statements
from compliance.policies import allows_action, many
from compliance.references import Place, of_same_environment, places, referred
from compliance.rule import Finding, rule, rule_with_others
from synthesis.stateful import SOURCE_OF_REPLICA
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthesis.manifest import Stack
    from synthesis.template import Resource

    Stacks = Mapping[str, Stack]

PLAN, SELECTION = "aws_backup_restore_testing_plan", "aws_backup_restore_testing_selection"
_TYPES: Final = {POSTGRES: "RDS", DOCUMENTDB: "DocumentDB"}
_RULES: Final = ("aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule")
_WAYS_OUT: Final = (
    "aws_ec2_transit_gateway_vpc_attachment",
    "aws_egress_only_internet_gateway",
    "aws_internet_gateway",
    "aws_nat_gateway",
    "aws_route",
    "aws_vpc_endpoint",
    "aws_vpc_peering_connection",
    "aws_vpn_gateway",
)
"""What leads out of a VPC, or to something outside of it."""
_SUBNETS, _GROUPS = "dbsubnetgroupname", "vpcsecuritygroupids"
_PUBLIC: Final = "publiclyaccessible"
_NEWEST: Final = "LATEST_WITHIN_WINDOW"
_SNAPSHOT: Final = "SNAPSHOT"
_RESTORE: Final = {
    "RDS": ("rds:RestoreDBInstanceFromDBSnapshot",),
    "DocumentDB": ("rds:RestoreDBClusterFromSnapshot",),
}
_VALIDATE: Final = "backup:PutRestoreValidationResult"


@rule_with_others
def copy_is_restored_in_drills(stack: Stack, stacks: Stacks) -> Iterator[Finding]:
    """With `protect_data`, a restore testing plan restores the copies of each database: only a restore proves one."""
    vaults = _vaults_of_copies(stack, stacks)
    if not stack.is_protected or not vaults:
        return
    for database in stack.all(*_TYPES):
        if database.get(SOURCE_OF_REPLICA):
            continue
        arn = Candidate(resource=database, stack=stack).arn
        is_drilled = any(
            selection.get("protected_resource_type") == _TYPES[database.kind]
            and any(named in {"*", arn} for named in selection.get("protected_resource_arns") or ())
            and any(
                _includes(plan, vault)
                for _, plan in referred(selection.get("restore_testing_plan_name"), owner, stacks)
                for vault in vaults
            )
            for owner in of_same_environment(stack, stacks)
            for selection in owner.all(SELECTION)
        )
        if not is_drilled:
            fix = "add [recovery.drills], or accept it in compliance/exceptions.toml"
            yield Finding.about(database, f"no restore testing plan restores its copies; {fix}")


@rule_with_others
def drill_is_isolated(stack: Stack, stacks: Stacks) -> Iterator[Finding]:
    """What a drill restores is in subnets without a way out, and its security groups name other groups only.

    It is a copy of all data, with the passwords of the original. Without the two keys AWS Backup takes the default VPC:
    https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-inferred-metadata.html
    """
    for selection in stack.all(SELECTION):
        overrides = {key.lower(): value for key, value in (selection.get("restore_metadata_overrides") or {}).items()}
        for key, name in ((_SUBNETS, "dbSubnetGroupName"), (_GROUPS, "vpcSecurityGroupIds")):
            if not any(referred(overrides.get(key), stack, stacks)):
                yield Finding.about(selection, f"restore_metadata_overrides has no {name} of this environment")
        if str(overrides.get(_PUBLIC, "false")).lower() != "false":
            yield Finding.about(selection, "what it restores is publicly accessible")
        for owner, group in referred(overrides.get(_GROUPS), stack, stacks):
            yield from _open_rules(selection, owner, group)
        for owner, way in _ways_out(overrides.get(_SUBNETS), stack, stacks):
            yield Finding.about(selection, f"restores into a network with a way out: {owner.id}/{way.address}")


@rule_with_others
def drill_is_validated(stack: Stack, stacks: Stacks) -> Iterator[Finding]:
    """What a drill restores is kept until a function, which its events call, has said whether it is valid."""
    for selection in stack.all(SELECTION):
        if not selection.get("validation_window_hours"):
            yield Finding.about(selection, "what it restores is deleted at once; set validation_window_hours")
    for plan in stack.all(PLAN):
        called = [
            (owner, function)
            for owner in of_same_environment(stack, stacks)
            for event in owner.all("aws_cloudwatch_event_rule")
            if Place.of(stack, plan) in places(event.get("event_pattern"), owner, stacks)
            for target in owner.attached(event, "aws_cloudwatch_event_target", by="rule")
            for _, function in referred(target.get("arn"), owner, stacks)
        ]
        if not any(_may_validate(owner, function, stacks) for owner, function in called):
            says = f"its events call no function that may call {_VALIDATE}, so every drill times out"
            yield Finding.about(plan, says)


@rule
def drill_restores_the_newest_copy(stack: Stack) -> Iterator[Finding]:
    """A drill restores the newest snapshot in its vaults: an older one says nothing of what is copied now.

    Copies are snapshots, since AWS Backup does not copy continuous backups:
    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_StartCopyJob.html
    """
    for plan in stack.all(PLAN):
        for chosen in blocks(plan.get("recovery_point_selection")):
            if chosen.get("algorithm") != _NEWEST:
                yield Finding.about(plan, f"algorithm is {chosen.get('algorithm')}; it must be {_NEWEST}")
            if _SNAPSHOT not in many(chosen.get("recovery_point_types")):
                yield Finding.about(plan, f"recovery_point_types has no {_SNAPSHOT}, so no copy is restored")


@rule_with_others
def drill_role_may_restore(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """The role of a drill is of this environment, and may restore its type of database with the key of the copies.

    https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSBackupServiceRolePolicyForRestores.html
    """
    for selection in stack.all(SELECTION):
        roles = [
            (owner, role)
            for owner, role in referred(selection.get("iam_role_arn"), stack, stacks)
            if role.kind == "aws_iam_role"
        ]
        if not roles:
            yield Finding.about(selection, "iam_role_arn is not a role of this environment")
        restore = _RESTORE.get(str(selection.get("protected_resource_type")), ())
        for owner, role in roles:
            for action in (*restore, "kms:CreateGrant", "kms:DescribeKey"):
                if not _may(owner, role, action, stacks):
                    yield Finding.about(selection, f"{role.address} may not call {action}, so every drill fails")


def _vaults_of_copies(stack: Stack, stacks: Stacks) -> set[str]:
    """The ends of the ARNs of the vaults to which the plans of an environment copy: region, account and name."""
    return {
        str(copy.get("destination_vault_arn"))
        for other in of_same_environment(stack, stacks)
        for plan in other.all("aws_backup_plan")
        for each in blocks(plan.get("rule"))
        for copy in blocks(each.get("copy_action"))
        if any(named_vaults(copy, other, stacks))
    }


def _includes(plan: Resource, vault_arn: str) -> bool:
    """Whether a plan takes recovery points of a vault, which it names as the copies do."""
    return any(
        fnmatchcase(vault_arn, str(pattern))
        for chosen in blocks(plan.get("recovery_point_selection"))
        for pattern in many(chosen.get("include_vaults"))
    )


def _open_rules(selection: Resource, owner: Stack, group: Resource) -> Iterator[Finding]:
    for kind in _RULES:
        for one in owner.attached(group, kind, by="security_group_id"):
            if not one.get("referenced_security_group_id"):
                yield Finding.about(selection, f"{group.address} is open to more than a group: {one.address}")
    for argument in ("ingress", "egress"):
        if group.get(argument):
            yield Finding.about(selection, f"{group.address} has rules of its own; make each a resource")


def _ways_out(subnet_group: object, stack: Stack, stacks: Stacks) -> Iterator[tuple[Stack, Resource]]:
    """What leads out of the VPC of a group of subnets, in its own stack or in any other of the environment."""
    vpcs = {
        place
        for owner, found in referred(subnet_group, stack, stacks)
        for at, subnet in referred(found.get("subnet_ids"), owner, stacks)
        for place in places(subnet.get("vpc_id"), at, stacks)
    }
    for other in of_same_environment(stack, stacks):
        inside = {
            Place.of(other, one)
            for one in other.all("aws_subnet", "aws_route_table")
            if places(one.get("vpc_id"), other, stacks) & vpcs
        }
        for way in other.all(*_WAYS_OUT):
            if places(way.arguments, other, stacks) & (vpcs | inside):
                yield other, way
        for table in other.all("aws_route_table"):
            if table.get("route") and Place.of(other, table) in inside:
                yield other, table


def _may_validate(owner: Stack, function: Resource, stacks: Mapping[str, Stack]) -> bool:
    return function.kind == "aws_lambda_function" and any(
        _may(home, role, _VALIDATE, stacks) for home, role in referred(function.get("role"), owner, stacks)
    )


def _may(owner: Stack, role: Resource, action: str, stacks: Mapping[str, Stack]) -> bool:
    return any(allows_action(statement, action) for statement in role_statements(role, owner, stacks))
