"""A further element of any list, or table with a name, only adds: what is there keeps its address and its arguments.

Read the other way round, one element less only removes. What must name all elements is in `HOLDS_ALL`, and what AWS
then makes again in `MADE_AGAIN`; nothing else may differ.
"""

from __future__ import annotations

import copy
from functools import cache
from typing import TYPE_CHECKING, Final

import pytest

from config.errors import ConfigError
from tests.full_settings import BASES, at, environment_of, full_table, groups_in, groups_in_schema
from tests.test_further_zone import emitted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from config.environment import Environment
    from tests.full_settings import Place, Table

HOLDS_ALL: Final = {
    "aws_acm_certificate_validation": {"depends_on", "validation_record_fqdns"},
    "aws_budgets_budget": {"notification"},
    "aws_cloudfront_distribution": {"aliases", "ordered_cache_behavior", "restrictions"},
    "aws_cloudwatch_composite_alarm": {"alarm_rule"},
    "aws_cloudwatch_dashboard": {"dashboard_body"},
    "aws_cloudwatch_event_rule": {"event_pattern"},
    "aws_codebuild_project": {"environment", "source", "vpc_config"},
    "aws_codepipeline": {"stage", "trigger"},
    "aws_db_subnet_group": {"subnet_ids"},
    "aws_docdb_subnet_group": {"subnet_ids"},
    "aws_ecr_replication_configuration": {"replication_configuration"},
    "aws_ecs_service": {"network_configuration"},
    "aws_guardduty_detector_feature": {"status"},
    "aws_iam_role_policy": {"policy"},
    "aws_lambda_function": {"environment", "source_code_hash", "vpc_config"},
    "aws_lb": {"subnets"},
    "aws_lb_listener_rule": {"condition"},
    "aws_route53_record": {"records"},
    "aws_s3_object": {"content"},
    "aws_vpc_endpoint": {"route_table_ids", "subnet_ids"},
    "aws_wafv2_ip_set": {"addresses"},
    "aws_wafv2_web_acl": {"rule"},
    "aws_xray_group": {"filter_expression"},
}
"""Arguments that name all elements of a list, by the type of the resource. AWS changes each of them in place.

The network's are in tests/test_further_zone.py, each with the page of AWS that says so.
"""

MADE_AGAIN: Final = {
    # The names of a certificate are fixed. The new one is in use before the old one is deleted:
    # https://docs.aws.amazon.com/acm/latest/userguide/acm-concepts.html#concept-sn
    "aws_acm_certificate": {"subject_alternative_names"},
    # The next revision; what runs stays with its own until the next release:
    # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/update-task-definition.html
    "aws_ecs_task_definition": {"container_definitions"},
    # It is a call, and not something that AWS keeps.
    "aws_lambda_invocation": {"depends_on", "input"},
}

WITHOUT_ENDPOINT: Final = "_to-internet-tcp-443_"
"""In the address of what a task may do only because the endpoint of an AWS service is missing."""

NEVER_FEWER: Final = {"domain.delegations.*", "recovery.drills.zones", "services.*.not_secret"}
"""A zone has four name servers; RDS needs two zones; a reason goes with its variable."""


@cache
def smaller(base: str) -> tuple[Environment, set[str]]:
    """The environment without one element of each list and of each kind of tables with names, and their paths.

    Without the first one in their order, so that all others move up; where others need it, the next one.
    """
    table, fewer = full_table(base), set()
    for place, path in sorted(groups_in(table).items(), reverse=True):
        found = next((one for one in _without_one(table, place) if _is_valid(base, one)), None)
        if found is not None:
            table = found
            fewer.add(path)
    return environment_of(base, table), fewer


def _without_one(table: Table, place: Place) -> Iterator[Table]:
    try:
        group = at(table, place)
    except KeyError:  # it has gone with the table that it was in
        return
    for one in sorted(group, key=str):
        other = copy.deepcopy(table)
        rest = at(other, place)
        if isinstance(rest, list):
            rest.remove(one)
        else:
            del rest[one]
        yield other


def _is_valid(base: str, table: Table) -> bool:
    try:
        environment_of(base, table)
    except ConfigError:
        return False
    return True


def kind(place: str) -> str:
    return place.partition("/")[2].partition(".")[0]


def test_each_list_has_one_element_less_somewhere() -> None:
    assert {path for base in BASES for path in smaller(base)[1]} == groups_in_schema().keys() - NEVER_FEWER


@pytest.mark.parametrize("base", BASES)
@pytest.mark.seconds(9)
def test_one_element_more_of_each_list_changes_nothing_that_is_there(base: str) -> None:
    after = emitted(environment_of(base, full_table(base)))
    before = emitted(smaller(base)[0])
    assert {place for place in before.keys() - after.keys() if WITHOUT_ENDPOINT not in place} == set()
    assert len(after) > len(before)
    changed = {
        (place, argument)
        for place in before.keys() & after.keys()
        for argument in before[place].keys() | after[place].keys()
        if before[place].get(argument) != after[place].get(argument)
        and argument not in before[place].get("lifecycle", {}).get("ignore_changes", [])
    }
    allowed = {**HOLDS_ALL, **MADE_AGAIN}
    assert {(place, name) for place, name in changed if name not in allowed.get(kind(place), ())} == set()
