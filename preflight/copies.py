"""What copies in a second region need: regions between which RDS copies, and a registry that copies for nobody else."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from preflight.check import Check
from preflight.line import Line, ok, problem
from preflight.platform import tags_from
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from preflight.account import Account
    from preflight.platform import Platform

_BACKUPS: Final = "aws_db_instance_automated_backups_replication"
_IMAGES: Final = "aws_ecr_replication_configuration"
_ARN_REGION: Final = 3
"""The part of an ARN that is its region."""

_Rule = tuple[tuple[str, ...], tuple[str, ...]]
"""The regions to which a rule copies, and the starts of the names that it copies."""


def checks(platform: Platform, account: Account) -> Iterator[Check]:
    """A check for each region that receives backups of RDS, and for each registry that sends images."""
    for region in platform.regions_with(_BACKUPS):
        subject = f"backups of RDS, copied to {region}"
        yield Check(subject, partial(_backups, subject, platform, account, region))
    for region in platform.regions_with(_IMAGES):
        subject = f"replication of the registry, {region}"
        yield Check(subject, partial(_images, subject, platform, account, region))


def _backups(subject: str, platform: Platform, account: Account, region: str) -> Iterator[Line]:
    # RDS does not copy between all regions, and AWS has no complete list but this call:
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/AutomatedBackups.Replicating.Describe.html
    found = account.items("rds", region, "describe_source_regions", "SourceRegions")
    possible = {one["RegionName"] for one in found if one.get("SupportsDBInstanceAutomatedBackupsReplication")}
    arns = [str(placed.resource.get("source_db_instance_arn")) for placed in platform.all(_BACKUPS, region=region)]
    needed = sorted({arn.split(":")[_ARN_REGION] for arn in arns if arn.startswith("arn:")} or {platform.home_region})
    missing = [source for source in needed if source not in possible]
    for source in missing:
        near = ", ".join(sorted(possible)) or "none"
        fix = f"Choose another region in {platform.file}, [recovery]. RDS copies to {region} from: {near}."
        yield problem(subject, f"RDS does not copy automated backups from {source}", fix)
    if not missing:
        yield ok(subject, f"from {', '.join(needed)}")


def _images(subject: str, platform: Platform, account: Account, region: str) -> Iterator[Line]:
    # A registry has one configuration, and to write it replaces what was there:
    # https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutReplicationConfiguration.html
    answer = account.client("ecr", region).describe_registry()
    found = _rules(answer.get("replicationConfiguration", {}).get("rules", ()), filters="repositoryFilters")
    own = {
        rule
        for placed in platform.all(_IMAGES, region=region)
        for block in blocks(placed.resource.get("replication_configuration"))
        for rule in _rules(blocks(block.get("rule")), destinations="destination", filters="repository_filter")
    }
    changed = [rule for rule in found if rule not in own]
    repositories = _repositories(platform, account, region) if changed else {}
    foreign = [rule for rule in changed if not _selects_only_own(rule, repositories)]
    if foreign:
        named = "; ".join(f"{' and '.join(starts) or 'all'} to {' and '.join(regions)}" for regions, starts in foreign)
        fix = (
            "The apply would replace it. Leave [recovery] to one environment of this account, or delete what is there: "
            f"aws ecr put-replication-configuration --region {region} --replication-configuration '{{\"rules\":[]}}'"
        )
        yield problem(subject, f"copies {named} already, and AWS has one configuration for each registry", fix)
    else:
        yield ok(subject, "this environment's" if found else "there is none")


def _repositories(platform: Platform, account: Account, region: str) -> dict[str, bool]:
    """The names of the registry's repositories, each with whether this environment made it."""
    client = account.client("ecr", region)
    return {
        one["repositoryName"]: platform.owns(
            tags_from(client.list_tags_for_resource(resourceArn=one["repositoryArn"])["tags"])
        )
        for one in account.items("ecr", region, "describe_repositories", "repositories")
    }


def _selects_only_own(rule: _Rule, repositories: Mapping[str, bool]) -> bool:
    """Whether a rule is an earlier one of this environment, with another region or other names."""
    _, starts = rule
    selected = [is_own for name, is_own in repositories.items() if name.startswith(starts or ("",))]
    return bool(selected) and all(selected)


def _rules(rules: Iterable[Mapping[str, Any]], *, destinations: str = "destinations", filters: str) -> list[_Rule]:
    return [
        (
            tuple(sorted(str(one["region"]) for one in rule.get(destinations, ()))),
            tuple(sorted(str(one["filter"]) for one in rule.get(filters, ()))),
        )
        for rule in rules
    ]
