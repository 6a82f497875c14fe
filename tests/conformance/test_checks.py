"""Each check passes on what is emitted, and fails when anything that it has read is taken away or changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

import conformance.checks  # noqa: F401 - fills HOLDERS
from conformance.clause import HOLDERS
from conformance.evidence import NotMet, Place
from conformance.paths import changed
from conformance.report import Verdict, results
from conformance.view import View
from synthesis.manifest import Stack, read_stacks
from tests.conformance.mutations import mutations, survivors, with_resource
from tests.fixtures import ENVIRONMENTS

if TYPE_CHECKING:
    import pathlib

    from conformance.clause import Check
    from conformance.paths import Path

INGRESS = "aws_vpc_security_group_ingress_rule"
EVERYTHING = '{"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'
INSTANCE = {"cluster_identifier": "${aws_docdb_cluster.documentdb.id}"}
ZONE = ("availability_zone_id",)
SHIFT = ("traffic_routing_config", "time_based_canary", "percentage")

CHECKS: dict[str, tuple[Check, set[str]]] = {}
for _holder in HOLDERS.values():
    for _environment, _check in _holder.checks.items():
        CHECKS.setdefault(_check.__name__, (_check, set()))[1].add(_environment)


@pytest.fixture(scope="module")
def emitted(output: pathlib.Path) -> dict[str, Stack]:
    """What was synthesized of the environments of the design."""
    return read_stacks(output)


def test_every_clause_is_met_or_waits(emitted: dict[str, Stack]) -> None:
    every = [one for _, ones in results(emitted, ENVIRONMENTS) for one in ones]
    assert [(one.id, one.missing) for one in every if one.verdict == Verdict.FAILED] == []


def test_each_difference_that_is_written_down_is_one(emitted: dict[str, Stack]) -> None:
    every = {one.id: one for _, ones in results(emitted, ENVIRONMENTS) for one in ones}
    met = {id_: holder.differences.keys() - every[id_].differences.keys() for id_, holder in HOLDERS.items()}
    assert {id_: environments for id_, environments in met.items() if environments} == {}


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_reads_something_in_each_of_its_environments(emitted: dict[str, Stack], name: str) -> None:
    check, environments = CHECKS[name]
    for environment in environments:
        view = View(emitted, environment)
        check(view)
        assert list(mutations(emitted, view.evidence))


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_notices_that_what_it_reads_is_gone(emitted: dict[str, Stack], name: str) -> None:
    check, environments = CHECKS[name]
    unnoticed = {environment: survivors(emitted, environment, check) for environment in sorted(environments)}
    assert {environment: names for environment, names in unnoticed.items() if names} == {}


@pytest.mark.parametrize(
    ("name", "place", "path", "value"),
    [
        ("vpc_in_two_zones", Place("prod-network", "aws_subnet", "vpc_private-az2"), ZONE, "use1-az1"),
        ("least_privilege_groups", Place("prod-service", INGRESS, "planted"), (), {"cidr_ipv4": "0.0.0.0/1"}),
        ("minimal_permissions", Place("dev-data", "aws_iam_role_policy", "planted"), (), {"policy": EVERYTHING}),
        ("all_data_encrypted", Place("staging-data", "aws_s3_bucket", "planted"), (), {"bucket": "planted"}),
        ("postgres_in_two_zones", Place("prod-data", "aws_db_instance", "planted"), (), {"engine": "postgres"}),
        ("no_redis", Place("dev-data", "aws_elasticache_serverless_cache", "planted"), (), {"engine": "valkey"}),
        ("no_cdn", Place("dev-service", "aws_cloudfront_distribution", "planted"), (), {"enabled": True}),
        ("no_trail", Place("dev-security", "aws_cloudtrail", "planted"), (), {"name": "planted"}),
        ("documentdb_of_one", Place("dev-data", "aws_docdb_cluster_instance", "planted"), (), INSTANCE),
        ("gradual_shift", Place("prod-service", "aws_codedeploy_deployment_config", "shift"), SHIFT, 100),
    ],
)
def test_a_check_notices_what_is_wrong_beside_what_it_reads(
    emitted: dict[str, Stack], name: str, place: Place, path: Path, value: object
) -> None:
    check, _ = CHECKS[name]
    environment = place.stack.partition("-")[0]
    check(View(emitted, environment))
    names = emitted[place.stack].document["resource"].get(place.kind, {})
    full = next((one for one in names if one.rpartition("_")[0] == place.name), place.name)
    with pytest.raises(NotMet):
        check(
            View(
                with_resource(emitted, replace(place, name=full), lambda old: changed(old, path, lambda _: value)),
                environment,
            )
        )
