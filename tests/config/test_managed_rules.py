"""The rule groups of AWS: the names that are accepted, and what holds without a table."""

import pytest

from config.managed_rule_groups import GROUPS
from config.managed_rules import ManagedRulesSettings, all_groups
from tests.config.examples import changed, parsed, present, refusal

HERE = "[firewall.sign_in]"


def with_groups(text: str) -> str:
    return changed((HERE, f"{text}\n{HERE}"))


def test_each_table_is_a_group_and_each_group_has_a_table() -> None:
    assert list(ManagedRulesSettings.model_fields) == list(GROUPS)
    assert list(all_groups().groups) == list(GROUPS)


def test_what_a_group_counts_by_default_is_in_it_and_no_rule_is_there_twice() -> None:
    for group in GROUPS.values():
        assert set(group.counted) <= set(group.rules)
        assert len(set(group.rules)) == len(group.rules)


def test_only_the_groups_with_a_table_are_on() -> None:
    environment = parsed(with_groups('[firewall.managed_rules.common]\ncount = ["SizeRestrictions_BODY"]'))
    groups = present(environment.firewall).managed_rules.groups
    assert {name: settings.count for name, settings in groups.items()} == {"common": ("SizeRestrictions_BODY",)}


def test_a_group_that_is_not_there_is_refused_with_the_nearest() -> None:
    (line,) = refusal(with_groups("[firewall.managed_rules.comon]"))
    assert line == (
        "firewall.managed_rules.comon = {}: unknown setting; did you mean common? Allowed: common, known_bad_inputs, "
        "sql_injection, ip_reputation, anonymous_ip"
    )


def test_a_rule_that_the_group_does_not_have_is_refused_with_the_nearest() -> None:
    (line,) = refusal(with_groups('[firewall.managed_rules.sql_injection]\ncount = ["SQLi_COOKIE", "SQLi_Body"]'))
    assert line.startswith(
        'firewall.managed_rules.sql_injection.count[1] = "SQLi_Body": is not a rule of AWSManagedRulesSQLiRuleSet, so '
        'AWS would ignore it and go on blocking; did you mean "SQLi_'
    )
    assert '"SQLiExtendedPatterns_HEADER"' in line


@pytest.mark.parametrize("group", GROUPS)
def test_the_rules_of_every_group_are_checked(group: str) -> None:
    (line,) = refusal(with_groups(f'[firewall.managed_rules.{group}]\ncount = ["none"]'))
    assert f'count[0] = "none": is not a rule of {GROUPS[group].name}' in line


@pytest.mark.parametrize("version", ["1.19", "Version_1", "version_1.19", "Version_1.19.1"])
def test_a_version_of_another_form_is_refused(version: str) -> None:
    (line,) = refusal(with_groups(f'[firewall.managed_rules.common]\nversion = "{version}"'))
    assert line == (
        f'firewall.managed_rules.common.version = "{version}": is not a valid version of a managed rule group; use one '
        'like "Version_1.19", or remove it for AWS\'s default'
    )


@pytest.mark.parametrize("group", [name for name, group in GROUPS.items() if not group.is_versioned])
def test_a_version_of_a_group_that_has_none_is_refused(group: str) -> None:
    (line,) = refusal(with_groups(f'[firewall.managed_rules.{group}]\nversion = "Version_1.0"'))
    assert line == (
        f'firewall.managed_rules.{group}.version = "Version_1.0": AWS publishes no versions of this group, because its '
        "lists of addresses change all the time; remove the line"
    )
