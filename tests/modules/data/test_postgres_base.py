"""PostgreSQL has the same place, logs and alarms whether it serves or follows."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from modules.data.origins import PromotedReplica, ReplicaOf
from modules.data.postgres import Postgres
from modules.data.postgres_standby import StandbyPostgres
from tests.config.examples import present
from tests.fixtures import fixture_environment
from tests.modules.data.databases import API, OWNER, Layers

if TYPE_CHECKING:
    from tests.template import Template

SETTINGS: Final = present(fixture_environment("prod").postgres).model_copy(update={"replicas": 0, "proxy": None})
SOURCE: Final = "arn:aws:rds:us-east-2:444444444444:db:user-management-test-postgres"
PLACE: Final = ("identifier", "db_subnet_group_name", "vpc_security_group_ids", "kms_key_id", "parameter_group_name")


@cache
def following(*, monitoring: int = 60) -> Template:
    layers = Layers.new()
    StandbyPostgres(
        layers.data,
        "postgres",
        config=SETTINGS.model_copy(update={"monitoring_interval_seconds": monitoring}),
        context=layers.context(protect=True),
        origin=ReplicaOf(source_arn=SOURCE, lag_seconds=1200),
        log_retention_days=30,
    )
    return layers.templates()[0]


@cache
def promoted() -> Template:
    layers = Layers.new()
    Postgres(
        layers.data,
        "postgres",
        config=SETTINGS,
        context=layers.context(protect=True),
        roles=(OWNER, API),
        log_retention_days=30,
        origin=PromotedReplica(),
    )
    return layers.templates()[0]


def addresses(template: Template) -> set[str]:
    return {f"{kind}.{name}" for kind, named in template.document["resource"].items() for name in named}


def test_a_replica_that_is_promoted_keeps_every_resource_but_the_alarm_of_its_lag() -> None:
    alarms = following().all("aws_cloudwatch_metric_alarm").items()
    (lag,) = (f"aws_cloudwatch_metric_alarm.{name}" for name, one in alarms if one["alarm_name"].endswith("-lag"))
    assert addresses(following()) - addresses(promoted()) == {lag}


def test_what_decides_its_place_does_not_change_when_it_is_promoted() -> None:
    before, after = (one.only("aws_db_instance") for one in (following(), promoted()))
    assert {name: before[name] for name in PLACE} == {name: after[name] for name in PLACE}
    assert "replicate_source_db" not in after


def test_its_logs_are_kept_as_long_as_the_settings_say_and_mask_personal_data() -> None:
    made = following()
    logs = made.all("aws_cloudwatch_log_group")
    names = [one["name"] for one in logs.values()]
    place = "/aws/rds/instance/user-management-test-postgres"
    assert sorted(names) == [f"{place}/postgresql", f"{place}/upgrade"]
    assert {one["retention_in_days"] for one in logs.values()} == {30}
    masked = made.only("aws_cloudwatch_log_data_protection_policy")["log_group_name"]
    (statements,) = (name for name, one in logs.items() if one["name"].endswith("/postgresql"))
    assert statements in masked


def test_it_has_a_role_of_enhanced_monitoring_only_if_it_is_monitored() -> None:
    assert following().only("aws_iam_role")["name"].startswith("user-management-test-postgres-monitoring")
    assert not following(monitoring=0).all("aws_iam_role")
