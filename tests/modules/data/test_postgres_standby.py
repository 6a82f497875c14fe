"""PostgreSQL of another region is followed by an instance that is as good as its source; nobody signs in to it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import pytest

from modules.data.origins import ReplicaOf
from modules.data.postgres_standby import StandbyPostgres
from tests.config.examples import present
from tests.fixtures import fixture_environment
from tests.modules.data.databases import Layers

if TYPE_CHECKING:
    from tests.template import Template

SOURCE: Final = "arn:aws:rds:us-east-2:444444444444:db:user-management-test-postgres"


@cache
def templates(*, protect: bool = True) -> tuple[Template, Template]:
    layers = Layers.new()
    postgres = StandbyPostgres(
        layers.data,
        "postgres",
        config=present(fixture_environment("prod").postgres),
        context=layers.context(protect=protect),
        origin=ReplicaOf(source_arn=SOURCE, lag_seconds=1200),
        log_retention_days=365,
    )
    group, _ = layers.consumer()
    postgres.allow_from(group)
    return layers.templates()


def template(*, protect: bool = True) -> Template:
    return templates(protect=protect)[0]


def test_it_follows_its_source_with_a_key_and_subnets_of_its_own_region() -> None:
    replica = template().only("aws_db_instance")
    assert replica["replicate_source_db"] == SOURCE
    assert replica["kms_key_id"] == "${aws_kms_key.databases-key.arn}"
    assert "aws_db_subnet_group" in replica["db_subnet_group_name"]
    assert replica["backup_retention_period"] == 7


@pytest.mark.parametrize("protect", [True, False])
def test_it_is_protected_where_its_source_is_and_leaves_no_final_snapshot(protect: bool) -> None:  # noqa: FBT001 (a parameter)
    replica = template(protect=protect).only("aws_db_instance")
    assert replica["deletion_protection"] is protect
    assert replica.get("lifecycle", {}).get("prevent_destroy", False) is protect
    assert replica["skip_final_snapshot"] is True


def test_it_has_no_logins_and_lets_in_those_who_will_use_it() -> None:
    made, service = templates()
    assert [rule["from_port"] for rule in service.all("aws_vpc_security_group_ingress_rule").values()] == [5432]
    assert not made.all("aws_lambda_function")
    assert not made.all("aws_ssm_parameter")
    assert not made.all("aws_secretsmanager_secret")


def test_an_alarm_compares_its_lag_with_the_target() -> None:
    (lag,) = (
        one for one in template().all("aws_cloudwatch_metric_alarm").values() if one["alarm_name"].endswith("-lag")
    )
    assert lag["threshold"] == 1200
    assert "1200 seconds or more behind" in lag["alarm_description"]
