"""Backups of AWS Backup: locked, kept as long as the lock allows, copied, and of every database."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from compliance.policies import allows_action, many, parsed, principals
from compliance.references import Place, of_same_environment, places, referred
from compliance.rule import Finding, rule, rule_with_others
from synthesis.stateful import SOURCE_OF_REPLICA
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from compliance.policies import Statement
    from synthesis.manifest import Stack
    from synthesis.template import Resource

_VAULT, _PLAN, _SELECTION = "aws_backup_vault", "aws_backup_plan", "aws_backup_selection"
_LOCK, _POLICY = "aws_backup_vault_lock_configuration", "aws_backup_vault_policy"
_DATABASES: Final = ("aws_db_instance", "aws_docdb_cluster")
_VAULT_ARN: Final = re.compile(r"arn:aws:backup:([a-z0-9-]+):\d{12}:backup-vault:([\w-]+)")
_ROLE_ARN: Final = re.compile(r"arn:aws:iam::\d{12}:role/([\w+=,.@-]+)")
_TAG: Final = "aws:ResourceTag/"
_EARLY_END: Final = ("backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle")
"""https://docs.aws.amazon.com/config/latest/developerguide/backup-recovery-point-manual-deletion-disabled.html"""
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
    for vault in stack.all(_VAULT) if stack.is_protected else ():
        locks = stack.attached(vault, _LOCK, by="backup_vault_name")
        if not any(lock.get("changeable_for_days") for lock in locks):
            yield Finding.about(vault, "has no lock in compliance mode; set lock_after_days in [recovery.backup_plan]")


@rule
def vault_refuses_early_deletion(stack: Stack) -> Iterator[Finding]:
    """With `protect_data`, the policy of each vault denies everyone to end a backup early."""
    for vault in stack.all(_VAULT) if stack.is_protected else ():
        found = [
            statement
            for policy in stack.attached(vault, _POLICY, by="backup_vault_name")
            for statement in parsed(policy.get("policy")) or ()
        ]
        for action in _EARLY_END:
            if not any(_denies(statement, action) for statement in found):
                yield Finding.about(vault, f"its policy does not deny everyone {action}")


@rule_with_others
def backup_is_kept_as_its_lock_allows(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """A rule of a plan keeps a backup, and its copy, as long as the lock of the vault allows: else every job fails."""
    for plan, each in _rules(stack):
        kept_in = [(owner, vault, each) for owner, vault in referred(each.get("target_vault_name"), stack, stacks)]
        for copy in blocks(each.get("copy_action")):
            kept_in += [(owner, vault, copy) for owner, vault in _vaults(copy, stack, stacks)]
        for owner, vault, kept in kept_in:
            days = next((block.get("delete_after") for block in blocks(kept.get("lifecycle"))), None)
            for lock in owner.attached(vault, _LOCK, by="backup_vault_name"):
                low, high = lock.get("min_retention_days") or 0, lock.get("max_retention_days")
                if days is None or days < low or (high is not None and days > high):
                    allowed = f"{owner.id}/{lock.address} allows {low} to {high}"
                    yield Finding.about(plan, f"{each.get('rule_name')} keeps for {days} days; {allowed}")


@rule_with_others
def backup_is_copied(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """With `protect_data`, each rule of a plan copies its backups to a vault of the environment in another region."""
    for plan, each in _rules(stack) if stack.is_protected else ():
        copies = [found for copy in blocks(each.get("copy_action")) for found in _vaults(copy, stack, stacks)]
        if not any(owner.region != stack.region for owner, _ in copies):
            yield Finding.about(plan, f"{each.get('rule_name')} copies to no vault in another region")


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
    """If an environment has a plan, the tags of each database are those by which the plan finds it."""
    own = of_same_environment(stack, stacks)
    if not any(list(other.all(_PLAN)) for other in own):
        return
    wanted = [_wanted_tags(selection) for other in own for selection in other.all(_SELECTION)]
    common = {
        key: value
        for provider in stack.providers
        if not provider.get("alias")
        for block in blocks(provider.get("default_tags"))
        for key, value in block.get("tags", {}).items()
    }
    for database in stack.all(*_DATABASES):
        tags = {**common, **(database.get("tags") or {})}
        if database.get(SOURCE_OF_REPLICA):
            if any(tags.items() >= each.items() for each in wanted):
                yield Finding.about(database, "is a replica, and is backed up besides its source; remove the tag")
        elif not any(tags.items() >= each.items() for each in wanted):
            yield Finding.about(database, f"no plan finds it by its tags; it needs {wanted or 'a selection'}")


@rule_with_others
def backup_role_may_use_the_keys(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """The role of a plan may use the keys of what it backs up, and of where copies go: else jobs succeed empty."""
    for selection in stack.all(_SELECTION):
        statements = [
            (statement, owner)
            for owner, role in _roles(selection, stack, stacks)
            for policy in owner.attached(role, "aws_iam_role_policy", by="role")
            for statement in parsed(policy.get("policy")) or ()
        ]
        for owner, key in _keys_of(stack, stacks):
            allowing = [one for one, home in statements if _is_about(one, owner, key, home, stacks)]
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


def _denies(statement: Statement, action: str) -> bool:
    everyone = "*" in principals(statement, "AWS") and statement.get("Effect") == "Deny"
    return everyone and not statement.get("Condition") and action in many(statement.get("Action"))


def _vaults(copy: Mapping[str, Any], stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[tuple[Stack, Resource]]:
    """The vaults of an environment that the ARN of a copy action names."""
    match = _VAULT_ARN.fullmatch(str(copy.get("destination_vault_arn")))
    for other in of_same_environment(stack, stacks) if match else ():
        for vault in other.all(_VAULT):
            if match and (other.region, vault.get("name")) == match.groups():
                yield other, vault


def _wanted_tags(selection: Resource) -> dict[str, str]:
    """The tags that a resource must have to be in a selection, without the prefix of their condition keys."""
    return {
        str(test["key"]).removeprefix(_TAG): str(test["value"])
        for condition in blocks(selection.get("condition"))
        for test in blocks(condition.get("string_equals"))
    }


def _keys_of(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[tuple[Stack, Resource]]:
    """The keys of the databases of an environment, and of the vaults that receive copies; each once."""
    found: dict[Place, tuple[Stack, Resource]] = {}
    sources: list[tuple[Stack, object]] = [
        (other, database.get("kms_key_id"))
        for other in of_same_environment(stack, stacks)
        for database in other.all(*_DATABASES)
        if not database.get(SOURCE_OF_REPLICA)
    ]
    for _, each in _rules(stack):
        for copy in blocks(each.get("copy_action")):
            sources += [(owner, vault.get("kms_key_arn")) for owner, vault in _vaults(copy, stack, stacks)]
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
