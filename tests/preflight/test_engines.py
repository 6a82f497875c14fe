from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from preflight import engines
from preflight.line import Status
from preflight.platform import Platform
from synthesis.manifest import of_environment, read_stacks
from tests.preflight.samples import layer, of, platform

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.preflight.conftest import Place


def postgres(zones: tuple[str, ...] = ("us-east-1a", "us-east-1b"), **arguments: Any) -> Platform:
    subnets = {f"aws_subnet.{zone}": {"availability_zone": zone} for zone in zones}
    return platform(
        {
            **subnets,
            "aws_db_subnet_group.db": {"subnet_ids": [f"${{{address}.id}}" for address in subnets]},
            "aws_db_instance.postgres": {
                "identifier": "own",
                "engine": "postgres",
                "engine_version": "17",
                "instance_class": "db.t3.medium",
                "multi_az": True,
                "db_subnet_group_name": "${aws_db_subnet_group.db.name}",
                **arguments,
            },
        }
    )


def documentdb(zone: str = "us-east-1a", **arguments: Any) -> Platform:
    return platform(
        {
            "aws_docdb_cluster.db": {"engine": "docdb", "engine_version": "5.0.0", **arguments},
            "aws_docdb_cluster_instance.one": {
                "identifier": "one",
                "cluster_identifier": "${aws_docdb_cluster.db.id}",
                "instance_class": arguments.pop("instance_class", "db.t3.medium"),
                "availability_zone": zone,
            },
        }
    )


def test_what_can_be_ordered_is_ok(place: Place) -> None:
    (line,) = place.run(engines.checks(postgres(), place.account))

    assert (line.subject, line.status) == ("PostgreSQL 17, db.t3.medium, us-east-1", Status.OK)
    assert line.found == "can be ordered; the newest is 17.6"


def test_a_version_that_is_not_offered_is_a_problem(place: Place) -> None:
    (line,) = place.run(engines.checks(postgres(engine_version="99"), place.account))

    assert line.status is Status.PROBLEM
    assert line.found == "99 is not offered with db.t3.medium, which has 13, 14, 15, 16, 17"
    assert line.fix == "In environments/test.toml, [postgres], use another version or instance_class."


def test_a_version_does_not_match_one_that_starts_alike(place: Place) -> None:
    (line,) = place.run(engines.checks(postgres(engine_version="1"), place.account))

    assert line.status is Status.PROBLEM


def test_a_class_that_is_not_offered_is_a_problem(place: Place) -> None:
    (line,) = place.run(engines.checks(postgres(instance_class="db.x9.huge"), place.account))

    assert (line.status, line.found) == (Status.PROBLEM, "db.x9.huge is not offered")


def test_a_replica_has_the_version_of_its_primary_and_its_own_class(place: Place) -> None:
    found = postgres()
    both = platform(
        {
            **{placed.resource.address: dict(placed.resource.arguments) for placed in found.all()},
            "aws_db_instance.replica": {
                "identifier": "replica",
                "replicate_source_db": "${aws_db_instance.postgres.identifier}",
                "instance_class": "db.r6g.large",
            },
        }
    )

    assert [(order.version, order.instance_class) for order in engines.orders(both)] == [
        ("17", "db.t3.medium"),
        ("17", "db.r6g.large"),
    ]
    assert [line.status for line in place.run(engines.checks(both, place.account))] == [Status.OK, Status.OK]


def test_a_replica_in_another_region_has_its_own_subnets() -> None:
    there = layer(
        {
            "aws_subnet.a": {"availability_zone_id": "usw2-az1"},
            "aws_db_subnet_group.db": {"subnet_ids": ["${aws_subnet.a.id}"]},
            "aws_db_instance.replica": {
                "identifier": "own",
                "replicate_source_db": "arn:aws:rds:us-east-1:444444444444:db:own",
                "instance_class": "db.t3.medium",
                "db_subnet_group_name": "${aws_db_subnet_group.db.name}",
            },
        },
        layer="data-us-west-2",
        region="us-west-2",
    )
    found = engines.orders(of(*postgres().stacks.values(), there))

    assert [(order.region, order.version, order.zones) for order in found] == [
        ("us-east-1", "17", ("us-east-1a", "us-east-1b")),
        ("us-west-2", "17", ("usw2-az1",)),
    ]


def test_a_standby_needs_two_zones_with_the_class(place: Place) -> None:
    (line,) = place.run(engines.checks(postgres(("us-east-1a", "us-east-1z")), place.account))

    assert line.status is Status.PROBLEM
    assert line.found.startswith("not offered in us-east-1z; offered in us-east-1a, ")


def test_without_a_standby_one_zone_with_the_class_is_enough(place: Place) -> None:
    (line,) = place.run(engines.checks(postgres(("us-east-1a", "us-east-1z"), multi_az=False), place.account))

    assert line.status is Status.OK


def test_a_class_without_a_standby_is_a_problem(place: Place) -> None:
    # Only DocumentDB's classes have none on the emulator.
    found = postgres(engine="docdb", engine_version="5.0.0", instance_class="db.t3.medium")

    (line,) = place.run(engines.checks(found, place.account))

    assert (line.status, line.found) == (Status.PROBLEM, "db.t3.medium has no standby in another zone")


def test_each_zone_that_an_instance_names_must_have_its_class(place: Place) -> None:
    both = documentdb("us-east-1a")
    resources = {placed.resource.address: dict(placed.resource.arguments) for placed in both.all()}
    second = resources["aws_docdb_cluster_instance.one"] | {"identifier": "two", "availability_zone": "us-east-1z"}

    found = platform(resources | {"aws_docdb_cluster_instance.two": second})
    (line,) = place.run(engines.checks(found, place.account))

    assert line.status is Status.PROBLEM
    assert line.found.startswith("not offered in us-east-1z; ")


def test_the_zone_of_an_instance_may_be_that_of_a_subnet() -> None:
    resources: dict[str, dict[str, Any]] = {
        placed.resource.address: dict(placed.resource.arguments) for placed in documentdb().all()
    }
    resources["aws_subnet.a"] = {"availability_zone_id": "use1-az1"}
    resources["aws_docdb_cluster_instance.one"]["availability_zone"] = "${aws_subnet.a.availability_zone}"

    (order,) = engines.orders(platform(resources))

    assert (order.zones, order.fixed_zones) == (("use1-az1",), True)


def test_an_instance_in_a_zone_without_its_class_is_a_problem(place: Place) -> None:
    (line,) = place.run(engines.checks(documentdb("us-east-1z"), place.account))

    assert line.status is Status.PROBLEM
    assert line.subject == "DocumentDB 5.0.0, db.t3.medium, us-east-1"


def test_a_version_of_documentdb_that_is_not_offered_is_a_problem(place: Place) -> None:
    (line,) = place.run(engines.checks(documentdb(engine_version="2.0.0"), place.account))

    assert (line.status, "[documentdb]" in line.fix) == (Status.PROBLEM, True)


def test_what_exists_already_is_not_ordered_again(place: Place) -> None:
    place.client("rds").create_db_instance(
        DBInstanceIdentifier="own",
        Engine="postgres",
        DBInstanceClass="db.t3.medium",
        AllocatedStorage=20,
        MasterUsername="u",
        MasterUserPassword="not-a-secret",
    )

    (line,) = place.run(engines.checks(postgres(engine_version="99"), place.account))

    assert (line.status, line.found) == (Status.OK, "exists already, nothing to order")


@pytest.mark.parametrize("operation", ["rds:DescribeOrderableDBInstanceOptions", "rds:DescribeDBInstances"])
def test_a_denied_call_is_no_pass(place: Place, deny: Callable[..., None], operation: str) -> None:
    deny(operation)

    (line,) = place.run(engines.checks(documentdb(), place.account))

    assert (line.status, line.found) == (Status.UNREADABLE, f"{operation} is denied")


def test_the_orders_of_prod_have_the_zones_of_its_subnets(output: Path) -> None:
    found = engines.orders(Platform(of_environment(read_stacks(output), "prod")))

    assert [(order.engine, order.multi_az, len(order.zones), len(order.identifiers)) for order in found] == [
        ("postgres", True, 2, 1),
        ("docdb", False, 2, 3),
    ]
