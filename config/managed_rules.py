"""Settings of the rule groups of AWS Managed Rules: which are on, in which version, and which rules only count."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, ClassVar, Final

from pydantic import AfterValidator, WithJsonSchema

from config.errors import Problem, list_allowed, nearest
from config.managed_rule_groups import GROUPS
from config.model import Check, Model

# https://docs.aws.amazon.com/waf/latest/developerguide/waf-managed-rule-groups-versioning.html
_VERSION: Final = r"Version_[0-9]+\.[0-9]+"


def _group_version(value: str) -> str:
    if re.fullmatch(_VERSION, value):
        return value
    message = (
        'is not a valid version of a managed rule group; use one like "Version_1.19", or remove it for AWS\'s default'
    )
    raise ValueError(message)


class RuleGroupSettings(Model):
    """One rule group of AWS Managed Rules; the table, which may be empty, turns it on."""

    version: Annotated[
        str | None,
        AfterValidator(lambda value: value and _group_version(value)),
        WithJsonSchema({"type": "string", "pattern": f"^{_VERSION}$"}),
    ] = None
    """A version that stays, like "Version_1.19"; without it AWS changes the rules when it sees fit."""

    count: tuple[str, ...] | None = None
    """Its rules that only count and do not block; without it those that docs/firewall.md lists, [] for none."""


Group = RuleGroupSettings | None
"""The settings of a group, None if it is left out."""

_Names = Sequence[str] | None


def _check_versions(ip_reputation__version: str | None, anonymous_ip__version: str | None) -> Iterator[Problem]:
    """Only of the groups that have none; a test makes sure that these are all of them."""
    for name, version in (("ip_reputation", ip_reputation__version), ("anonymous_ip", anonymous_ip__version)):
        if version is not None:
            yield Problem(
                key=f"{name}.version",
                value=version,
                allowed="AWS publishes no versions of this group, because its lists of addresses change all the time; "
                "remove the line",
            )


def _check_counted_rules(
    common__count: _Names,
    known_bad_inputs__count: _Names,
    sql_injection__count: _Names,
    ip_reputation__count: _Names,
    anonymous_ip__count: _Names,
) -> Iterator[Problem]:
    given = {
        "common": common__count,
        "known_bad_inputs": known_bad_inputs__count,
        "sql_injection": sql_injection__count,
        "ip_reputation": ip_reputation__count,
        "anonymous_ip": anonymous_ip__count,
    }
    for name, counted in given.items():
        group = GROUPS[name]
        for index, rule in enumerate(counted or ()):
            if rule not in group.rules:
                allowed = list_allowed(group.rules, meant=nearest(rule, group.rules), quote='"')
                yield Problem(
                    key=f"{name}.count[{index}]",
                    value=rule,
                    allowed=f"is not a rule of {group.name}, so AWS would ignore it and go on blocking; {allowed}",
                )


class ManagedRulesSettings(Model):
    """The rule groups of AWS Managed Rules; a group without a table is left out."""

    common: RuleGroupSettings | None = None
    """What attacks on web applications have in common (OWASP): file inclusion, scripts, bad bots."""

    known_bad_inputs: RuleGroupSettings | None = None
    """Requests that only an attack sends, like those against Log4j."""

    sql_injection: RuleGroupSettings | None = None
    """SQL in requests."""

    ip_reputation: RuleGroupSettings | None = None
    """Addresses that AWS has seen attack."""

    anonymous_ip: RuleGroupSettings | None = None
    """Addresses of VPNs, proxies, Tor and hosting providers; its rules count if it does not say otherwise."""

    checks: ClassVar[tuple[Check, ...]] = (_check_versions, _check_counted_rules)

    @property
    def groups(self) -> Mapping[str, RuleGroupSettings]:
        """Those that are on, by name."""
        return {name: getattr(self, name) for name in GROUPS if getattr(self, name)}


def all_groups() -> ManagedRulesSettings:
    """What holds without the table: all groups, with their defaults."""
    return ManagedRulesSettings.model_validate({name: RuleGroupSettings() for name in GROUPS})
