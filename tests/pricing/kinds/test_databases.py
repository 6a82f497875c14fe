"""PostgreSQL with its proxy, DocumentDB, DynamoDB."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from pricing.estimate import estimate
from pricing.kinds.databases import vcpus
from pricing.prices import HOURS_PER_MONTH
from tests.pricing.samples import charges, gaps, resource, site

BASE = {"engine": "postgres", "instance_class": "db.t3.medium", "allocated_storage": 20, "backup_retention_period": 7}


def instance(name: str = "a", **arguments: Any) -> Any:
    return resource(f"aws_db_instance.{name}", **{**BASE, **arguments})


def test_one_instance_costs_its_hours_and_storage_and_backups_above_it() -> None:
    found = charges(instance(), postgres_gib=100, daily_change_percent=10)
    assert found == {"postgres/db.t3.medium": 1, "postgres_storage": 20, "postgres_backup": pytest.approx(160 - 20)}
    assert charges(instance(), postgres_gib=1)["postgres_backup"] == 0
    assert charges(instance(backup_retention_period=0), postgres_gib=100)["postgres_backup"] == 0


@pytest.mark.parametrize(
    ("name", "hourly_usd"),
    [("db.t3.medium", 2 * 0.072), ("db.t4g.small", 0.065), ("db.m7g.large", 0.337)],
)
def test_a_standby_costs_what_aws_says_or_twice_one_instance(name: str, hourly_usd: float) -> None:
    found = estimate(site(instance(multi_az=True, instance_class=name, storage_type="gp3")))
    (line,) = [one for one in found.lines if one.price.endswith(name)]
    assert line.usd == pytest.approx(hourly_usd * HOURS_PER_MONTH)
    assert [one.quantity for one in found.lines if one.price == "postgres_storage_multi_az"] == [20]


def test_more_input_and_output_and_longer_insights_cost() -> None:
    found = charges(instance(storage_type="gp3", iops=4000, performance_insights_enabled=True))
    assert found["postgres_iops"] == 1000
    assert "postgres_iops" not in charges(instance(storage_type="gp3", allocated_storage=400, iops=12_000))
    assert charges(instance(storage_type="gp3", allocated_storage=400, iops=13_000))["postgres_iops"] == 1000
    assert not {"insights_retention_t3", "database_insights_advanced"} & set(found)
    kept: dict[str, Any] = {"performance_insights_enabled": True, "performance_insights_retention_period": 31}
    assert charges(instance(**kept))["insights_retention_t3"] == 2
    assert charges(instance(**kept, instance_class="db.m5.xlarge"))["insights_retention_m5"] == 4
    assert charges(instance(**kept, database_insights_mode="advanced"))["database_insights_advanced"] == 2


def test_a_replica_has_the_engine_and_storage_of_its_source() -> None:
    replica = resource("aws_db_instance.b", replicate_source_db="-> aws_db_instance.a", instance_class="db.t3.large")
    assert charges(replica, instance())["postgres_storage"] == 20
    assert charges(replica, instance())["postgres/db.t3.large"] == 1
    arn = "arn:aws:rds:us-west-2:111111111111:db:users"
    abroad = resource("aws_db_instance.b", replicate_source_db=arn, instance_class="db.t3.large")
    source = dataclasses.replace(instance(identifier="users"), stack="another")
    assert charges(abroad, source)["postgres_storage"] == 20
    assert gaps(abroad) == ["the size of its storage is not known"]


def test_the_hours_of_a_database_that_sleeps_are_not_charged_and_its_storage_is() -> None:
    found = charges(instance(), awake_share=0.5)
    assert (found["postgres/db.t3.medium"], found["postgres_storage"]) == (0.5, 20)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"engine": "mysql"}, 'the engine "mysql" has no price; there are prices for "postgres"'),
        ({"instance_class": "${var.class}"}, "its class is not known"),
        ({"allocated_storage": None}, "the size of its storage is not known"),
        ({"storage_type": "io2"}, 'storage of the type "io2" has no price'),
        ({"instance_class": "db.x.odd", "database_insights_mode": "advanced"}, "the vCPUs of db.x.odd are not known"),
    ],
)
def test_what_has_no_price_is_said(arguments: dict[str, Any], reason: str) -> None:
    (found,) = gaps(instance(**arguments))
    assert reason in found


def test_the_proxy_costs_by_the_vcpus_of_its_instance() -> None:
    proxy = resource("aws_db_proxy.p")
    target = resource(
        "aws_db_proxy_target.t", db_proxy_name="-> aws_db_proxy.p", db_instance_identifier="-> aws_db_instance.a"
    )
    assert charges(proxy, target, instance()) == {"postgres_proxy": 2}
    assert charges(proxy, target, instance(instance_class="db.m7g.2xlarge")) == {"postgres_proxy": 8}
    assert gaps(proxy, target) == ["the class of its instance is not known"]


@pytest.mark.parametrize(
    ("name", "count"),
    [("db.t4g.micro", 2), ("db.m5.large", 2), ("db.r6g.xlarge", 4), ("db.m7g.16xlarge", 64), ("db", None)],
)
def test_a_class_has_so_many_vcpus(name: str, count: int | None) -> None:
    assert vcpus(name) == count


def test_documentdb_costs_instances_storage_and_requests() -> None:
    cluster = resource("aws_docdb_cluster.c", backup_retention_period=7)
    found = charges(cluster, documentdb_gib=10, documentdb_io_million=3, daily_change_percent=5)
    assert found == {"documentdb_storage": 10, "documentdb_io": 3, "documentdb_backup": pytest.approx(3)}
    of = {"cluster_identifier": "-> aws_docdb_cluster.c"}
    one = resource("aws_docdb_cluster_instance.i", instance_class="db.r6g.large", **of)
    assert charges(one, cluster) == {"documentdb/db.r6g.large": 1}


def test_io_optimized_and_serverless_have_prices_of_their_own() -> None:
    of = {"cluster_identifier": "-> aws_docdb_cluster.c"}
    optimized = resource("aws_docdb_cluster.c", storage_type="iopt1")
    assert charges(optimized)["documentdb_io_optimized_storage"] == 10
    one = resource("aws_docdb_cluster_instance.i", instance_class="db.r6g.large", **of)
    assert charges(one, optimized) == {"documentdb_io_optimized/db.r6g.large": 1}
    serverless = resource("aws_docdb_cluster_instance.i", instance_class="db.serverless", **of)
    scaling = resource("aws_docdb_cluster.c", serverless_v2_scaling_configuration={"min_capacity": 0.5})
    assert charges(serverless, scaling) == {"documentdb_serverless": 0.5}
    assert gaps(serverless) == ["the least capacity of its cluster is not known"]


def test_a_table_on_demand_has_a_price_and_one_with_capacity_has_none() -> None:
    assert charges(resource("aws_dynamodb_table.t", billing_mode="PAY_PER_REQUEST"), table_requests_million=2) == {
        "table_writes": 2,
        "table_reads": 2,
    }
    assert gaps(resource("aws_dynamodb_table.t")) == [
        "provisioned capacity has no price; there is one for PAY_PER_REQUEST"
    ]
