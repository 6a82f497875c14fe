"""Which databases the selections of AWS Backup find, and to which vaults their plans copy."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from compliance.evaluation import matches
from compliance.references import Place, of_same_environment, places
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from synthesis.manifest import Stack
    from synthesis.template import Resource

    Stacks = Mapping[str, Stack]

SELECTION: Final = "aws_backup_selection"
VAULT: Final = "aws_backup_vault"
POSTGRES, DOCUMENTDB = "aws_db_instance", "aws_docdb_cluster"
OPT_IN: Final = "DocumentDB"
"""The type of resource that a region must opt in to for clusters of DocumentDB, also if a selection names them.

https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html
"""
_SETTINGS: Final = "aws_backup_region_settings"
_TAG: Final = "aws:ResourceTag/"
_VAULT_ARN: Final = re.compile(r"arn:aws:backup:([a-z0-9-]+):\d{12}:backup-vault:([\w-]+)")
OPERATORS: Final[Mapping[str, str]] = {
    "StringEquals": "string_equals",
    "StringLike": "string_like",
    "StringNotEquals": "string_not_equals",
    "StringNotLike": "string_not_like",
}
"""The operators of conditions, with what Terraform calls them."""
_COMPARISONS: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "string_equals": lambda wanted, value: wanted == value,
    "string_like": matches,
    "string_not_equals": lambda wanted, value: wanted != value,
    "string_not_like": lambda wanted, value: not matches(wanted, value),
}


@dataclass(frozen=True, kw_only=True)
class TagTest:
    """One test of a tag."""

    key: str
    """Name of the tag, with or without the prefix of condition keys."""
    value: str
    operator: str = "string_equals"
    """As Terraform calls it."""

    def is_met(self, tags: Mapping[str, str]) -> bool:
        """Whether tags meet it; one on a tag that is not there is met only by an operator with "not"."""
        return _COMPARISONS[self.operator](self.value, str(tags.get(self.key.removeprefix(_TAG), "")))


@dataclass(frozen=True, kw_only=True)
class Criteria:
    """What a selection asks of a resource.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources-json.html
    """

    resources: tuple[str, ...] = ()
    not_resources: tuple[str, ...] = ()
    listed_tags: tuple[TagTest, ...] = ()
    """One of them adds a resource to those that are named."""
    conditions: tuple[TagTest, ...] = ()
    """All of them must be met."""

    @property
    def is_about_tags(self) -> bool:
        """Whether it tests any tag."""
        return bool(self.listed_tags or self.conditions)

    def names(self, arn: str, tags: Mapping[str, str]) -> bool:
        """Whether it is about a resource, before its conditions."""
        if any(matches(pattern, arn) for pattern in self.not_resources):
            return False
        return any(matches(pattern, arn) for pattern in self.resources) or any(
            test.is_met(tags) for test in self.listed_tags
        )

    def find(self, arn: str, tags: Mapping[str, str]) -> bool:
        """Whether they find a resource."""
        return self.names(arn, tags) and all(test.is_met(tags) for test in self.conditions)


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A database, as AWS Backup sees it."""

    resource: Resource
    stack: Stack

    @property
    def region(self) -> str:
        """Its region."""
        return self.stack.region_of(self.resource)

    @property
    def arn(self) -> str:
        """Its ARN, by its name and the account of its provider."""
        kind, name = ("cluster", "cluster_identifier") if self.resource.kind == DOCUMENTDB else ("db", "identifier")
        account = next(iter(self._provider.get("allowed_account_ids", ())), "")
        return f"arn:aws:rds:{self.region}:{account}:{kind}:{self.resource.get(name) or ''}"

    @property
    def tags(self) -> dict[str, str]:
        """Its tags, with those that its provider gives to everything."""
        common = {
            key: value
            for block in blocks(self._provider.get("default_tags"))
            for key, value in block.get("tags", {}).items()
        }
        return {**common, **(self.resource.get("tags") or {})}

    def selections(self, stacks: Stacks) -> Iterator[tuple[Stack, Resource]]:
        """The selections of its environment that find it, each with its stack."""
        if self.is_opted_in(stacks):
            for owner, selection in selections_near(self, stacks):
                if self._criteria(selection, owner, stacks).find(self.arn, self.tags):
                    yield owner, selection

    def is_named(self, stacks: Stacks) -> bool:
        """Whether a selection is about it, whatever its conditions are."""
        return any(
            self._criteria(selection, owner, stacks).names(self.arn, self.tags)
            for owner, selection in selections_near(self, stacks)
        )

    def is_opted_in(self, stacks: Stacks) -> bool:
        """Whether its region takes part for its type, as far as Terraform says so."""
        return self.resource.kind != DOCUMENTDB or any(
            other.region_of(settings) == self.region
            and (settings.get("resource_type_opt_in_preference") or {}).get(OPT_IN) is True
            for other in of_same_environment(self.stack, stacks)
            for settings in other.all(_SETTINGS)
        )

    @property
    def _provider(self) -> Mapping[str, Any]:
        alias = str(self.resource.get("provider") or "").partition(".")[2]
        return next((one for one in self.stack.providers if str(one.get("alias", "")) == alias), {})

    def _criteria(self, selection: Resource, owner: Stack, stacks: Stacks) -> Criteria:
        """The criteria of a selection, in which a reference to the database is its ARN."""
        place = Place.of(self.stack, self.resource)

        def arns(argument: str) -> tuple[str, ...]:
            texts = map(str, selection.get(argument) or ())
            return tuple(self.arn if place in places(text, owner, stacks) else text for text in texts)

        return Criteria(
            resources=arns("resources"),
            not_resources=arns("not_resources"),
            listed_tags=tuple(_test(one) for one in blocks(selection.get("selection_tag"))),
            conditions=tuple(conditions_of(selection)),
        )


def conditions_of(selection: Resource) -> Iterator[TagTest]:
    """The conditions of a selection."""
    for condition in blocks(selection.get("condition")):
        for operator in _COMPARISONS:
            for one in blocks(condition.get(operator)):
                yield _test(one, operator)


def selections_near(database: Candidate, stacks: Stacks) -> Iterator[tuple[Stack, Resource]]:
    """The selections of a database's environment and region, each with its stack: a plan is about one region."""
    for other in of_same_environment(database.stack, stacks):
        for selection in other.all(SELECTION):
            if other.region_of(selection) == database.region:
                yield other, selection


def copy_vaults(plan_rule: Mapping[str, Any], stack: Stack, stacks: Stacks) -> Iterator[tuple[Stack, Resource]]:
    """The vaults of an environment to which a rule of a plan copies, each with its stack."""
    for copy in blocks(plan_rule.get("copy_action")):
        yield from named_vaults(copy, stack, stacks)


def named_vaults(copy: Mapping[str, Any], stack: Stack, stacks: Stacks) -> Iterator[tuple[Stack, Resource]]:
    """The vaults of an environment that the ARN of a copy action names, each with its stack."""
    match = _VAULT_ARN.fullmatch(str(copy.get("destination_vault_arn")))
    for other in of_same_environment(stack, stacks) if match else ():
        for vault in other.all(VAULT):
            if match and (other.region_of(vault), vault.get("name")) == match.groups():
                yield other, vault


def _test(block: Mapping[str, Any], operator: str = "string_equals") -> TagTest:
    return TagTest(key=str(block["key"]), value=str(block["value"]), operator=operator)
