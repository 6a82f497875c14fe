"""Backups of AWS Backup: locked, kept as long as the lock allows, copied, and of every database."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final

from compliance.backup_selections import (
    DOCUMENTDB,
    OPT_IN,
    POSTGRES,
    SELECTION,
    VAULT,
    Candidate,
    conditions_of,
    copy_vaults,
    named_vaults,
)
from compliance.grants import role_statements
from compliance.policies import allows_action, many, principals, statements_in
from compliance.references import Place, of_same_environment, places, referred
from compliance.rule import Finding, rule, rule_with_others
from compliance.second_region import is_in_second_region
from config.backup_vault import EARLY_END
from synthesis.stateful import SOURCE_OF_REPLICA
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from compliance.policies import Statement
    from synthesis.manifest import Stack
    from synthesis.template import Resource

_PLAN: Final = "aws_backup_plan"
_LOCK, _POLICY = "aws_backup_vault_lock_configuration", "aws_backup_vault_policy"
_DATABASES: Final = (POSTGRES, DOCUMENTDB)
_ROLE_ARN: Final = re.compile(r"arn:aws:iam::\d{12}:role/([\w+=,.@-]+)")
_KEY_ACTIONS: Final = (
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)
"""https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.Keys.html"""
_EMPTY_BACKUPS: Final = "https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html"


@rule
def vault_is_locked(stack: Stack) -> Iterator[Finding]:
    """With `protect_data`, nobody can delete backups early: the lock of each vault is in compliance mode."""
    for vault in stack.all(VAULT) if stack.is_protected else ():
        locks = stack.attached(vault, _LOCK, by="backup_vault_name")
        if not any(lock.get("changeable_for_days") for lock in locks):
            fix = "set lock_after_days in [recovery.backup_plan], or accept it in compliance/exceptions.toml"
            yield Finding.about(vault, f"has no lock in compliance mode; {fix}")


@rule
def vault_refuses_early_deletion(stack: Stack) -> Iterator[Finding]:
    """With `protect_data`, one statement of the policy of each vault denies everyone to end any backup early."""
    for vault in stack.all(VAULT) if stack.is_protected else ():
        denied = [
            set(many(statement.get("Action")))
            for policy in stack.attached(vault, _POLICY, by="backup_vault_name")
            for statement in statements_in(policy, stack)
            if _denies_everyone(statement)
        ]
        missing = min((set(EARLY_END) - actions for actions in denied), key=len, default=set(EARLY_END))
        if missing:
            says = f"its policy does not deny everyone {', '.join(sorted(missing))}"
            yield Finding.about(vault, f"{says}; one statement must, with * as Principal and Resource")


@rule_with_others
def backup_is_kept_as_its_lock_allows(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """A rule of a plan keeps a backup, and its copy, as long as the lock of the vault allows: else every job fails."""
    for plan, each in _rules(stack):
        kept_in = [(owner, vault, each) for owner, vault in referred(each.get("target_vault_name"), stack, stacks)]
        for copy in blocks(each.get("copy_action")):
            kept_in += [(owner, vault, copy) for owner, vault in named_vaults(copy, stack, stacks)]
        for owner, vault, kept in kept_in:
            days = next((block.get("delete_after") for block in blocks(kept.get("lifecycle"))), None)
            for lock in owner.attached(vault, _LOCK, by="backup_vault_name"):
                low, high = lock.get("min_retention_days") or 0, lock.get("max_retention_days")
                too_long = high is not None and (days is None or days > high)
                if too_long or (days is not None and days < low):
                    is_kept = "never expires" if days is None else f"is kept for {days} days"
                    allowed = f"{low} days or more" if high is None else f"{low} to {high} days"
                    says = f"the backup of {each.get('rule_name')} {is_kept}"
                    yield Finding.about(plan, f"{says}; {owner.id}/{lock.address} allows {allowed}")


@rule_with_others
def backup_is_copied(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """With `protect_data`, each rule of a plan copies its backups to a vault of the environment in another region."""
    for plan in stack.all(_PLAN) if stack.is_protected else ():
        here = stack.region_of(plan)
        alone = [
            str(each.get("rule_name"))
            for each in blocks(plan.get("rule"))
            if all(owner.region_of(vault) == here for owner, vault in copy_vaults(each, stack, stacks))
        ]
        if alone:
            fix = 'set mode = "backup" in [recovery], or accept it in compliance/exceptions.toml'
            yield Finding.about(plan, f"no vault in another region gets copies of {', '.join(alone)}; {fix}")


@rule
def continuous_backup_is_not_copied(stack: Stack) -> Iterator[Finding]:
    """A rule of a plan that copies makes no continuous backups, which AWS Backup does not copy.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_StartCopyJob.html
    """
    for plan, each in _rules(stack):
        if each.get("enable_continuous_backup") is True and blocks(each.get("copy_action")):
            yield Finding.about(plan, f"{each.get('rule_name')} has enable_continuous_backup and copy_action")


@rule_with_others
def database_is_backed_up(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """If an environment has a plan, its selections find each database by ARN and tags, and no replica."""
    if is_in_second_region(stack, stacks) or not any(
        list(other.all(_PLAN)) for other in of_same_environment(stack, stacks)
    ):
        return
    for selection in stack.all(SELECTION):
        if not selection.get("selection_tag") and not list(conditions_of(selection)):
            yield Finding.about(selection, "tests no tag, so it finds all that its resources name; add a condition")
    for database in stack.all(*_DATABASES):
        candidate = Candidate(resource=database, stack=stack)
        is_found = any(candidate.selections(stacks))
        if database.get(SOURCE_OF_REPLICA):
            if is_found:
                yield Finding.about(database, "is a replica, and is backed up besides its source; remove the tag")
        elif not is_found:
            yield Finding.about(database, f"no plan backs it up: {_reason(candidate, stacks)}")


def _reason(candidate: Candidate, stacks: Mapping[str, Stack]) -> str:
    if not candidate.is_opted_in(stacks):
        return f"AWS Backup leaves it out until the region opts in to {OPT_IN}; add aws_backup_region_settings"
    if not candidate.is_named(stacks):
        return f"no selection of its region names it; add a pattern for {candidate.arn} to resources"
    return "its tags do not meet the condition of a selection"


@rule_with_others
def backup_role_may_use_the_keys(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """The role of a plan may use the keys of what it backs up, and of where copies go: else jobs succeed empty."""
    for selection in stack.all(SELECTION):
        statements = [
            (statement, owner)
            for owner, role in _roles(selection, stack, stacks)
            for statement in role_statements(role, owner, stacks)
        ]
        for owner, key in _keys_of(stack, stacks):
            allowing = [
                one
                for one, home in statements
                if _is_about(one, owner, key, home, stacks) and _is_for_rds(one, owner.region_of(key))
            ]
            missing = [action for action in _KEY_ACTIONS if not any(allows_action(one, action) for one in allowing)]
            if missing:
                says = f"its role may not use {owner.id}/{key.address}: {', '.join(missing)} ({_EMPTY_BACKUPS})"
                yield Finding.about(selection, says)


def _roles(selection: Resource, stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[tuple[Stack, Resource]]:
    """The role of a selection: by a reference, or by the name in its ARN, if another stack has it."""
    arn = str(selection.get("iam_role_arn"))
    yield from referred(arn, stack, stacks)
    match = _ROLE_ARN.fullmatch(arn)
    for other in of_same_environment(stack, stacks) if match else ():
        yield from ((other, role) for role in other.all("aws_iam_role") if match and role.get("name") == match[1])


def _rules(stack: Stack) -> Iterator[tuple[Resource, Mapping[str, Any]]]:
    for plan in stack.all(_PLAN):
        for each in blocks(plan.get("rule")):
            yield plan, each


def _denies_everyone(statement: Statement) -> bool:
    """Whether it denies everyone something for the vault and all in it, without a condition."""
    is_for_all = "*" in principals(statement, "AWS") and "*" in many(statement.get("Resource"))
    return statement.get("Effect") == "Deny" and is_for_all and not statement.get("Condition")


def _keys_of(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[tuple[Stack, Resource]]:
    """The keys of the databases of an environment, and of the vaults that receive copies; each once."""
    found: dict[Place, tuple[Stack, Resource]] = {}
    sources: list[tuple[Stack, object]] = [
        (other, database.get("kms_key_id"))
        for other in of_same_environment(stack, stacks)
        for database in other.all(*_DATABASES)
        if not database.get(SOURCE_OF_REPLICA) and not is_in_second_region(other, stacks)
    ]
    for _, each in _rules(stack):
        for copy in blocks(each.get("copy_action")):
            sources += [(owner, vault.get("kms_key_arn")) for owner, vault in named_vaults(copy, stack, stacks)]
    for owner, value in sources:
        for home, key in referred(value, owner, stacks):
            found.setdefault(Place.of(home, key), (home, key))
    yield from found.values()


def _is_about(statement: Statement, owner: Stack, key: Resource, stack: Stack, stacks: Mapping[str, Stack]) -> bool:
    """Whether a statement names a key: by a reference, or by its region and alias, if it is in another region."""
    resources = many(statement.get("Resource"))
    if Place.of(owner, key) in places(resources, stack, stacks):
        return True
    aliases = {
        alias
        for tests in (statement.get("Condition") or {}).values()
        for name, values in tests.items()
        if name.lower() == "kms:resourcealiases"
        for alias in many(values)
    }
    in_region = any(f":kms:{owner.region}:" in resource for resource in resources)
    names = {alias.get("name") for alias in owner.attached(key, "aws_kms_alias", by="target_key_id")}
    return in_region and bool(names & aliases)


def _is_for_rds(statement: Statement, region: str) -> bool:
    """Whether it holds for a call that RDS makes in a region, on behalf of the role.

    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
    """
    service = f"rds.{region}.amazonaws.com"
    return all(
        any(fnmatchcase(service, value) for value in many(values)) != ("not" in operator.lower())
        for operator, tests in (statement.get("Condition") or {}).items()
        for key, values in tests.items()
        if key.lower() == "kms:viaservice"
    )
