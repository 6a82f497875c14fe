from __future__ import annotations

from typing import TYPE_CHECKING, Any

from preflight import copies
from preflight.line import Line, Status
from tests.preflight.samples import layer, of, own_tags

if TYPE_CHECKING:
    from tests.preflight.conftest import Place

FILTER = [{"filter": "acme-", "filter_type": "PREFIX_MATCH"}]


def images(place: Place) -> dict[str, dict[str, Any]]:
    rule = {"destination": [{"region": "us-west-2", "registry_id": place.id}], "repository_filter": FILTER}
    return {"aws_ecr_replication_configuration.r": {"replication_configuration": {"rule": [rule]}}}


def backups(source: str) -> dict[str, dict[str, Any]]:
    arn = f"arn:aws:rds:{source}:444444444444:db:acme-test-postgres"
    return {"aws_db_instance_automated_backups_replication.p": {"source_db_instance_arn": arn}}


def line(place: Place, resources: dict[str, dict[str, Any]], *, region: str = "us-east-1") -> Line:
    (found,) = place.run(copies.checks(of(layer(resources, account=place.id, region=region)), place.account))
    return found


def replicate(place: Place, prefix: str, *, region: str = "us-west-2") -> None:
    rule = {
        "destinations": [{"region": region, "registryId": place.id}],
        "repositoryFilters": [{"filter": prefix, "filterType": "PREFIX_MATCH"}],
    }
    place.client("ecr").put_replication_configuration(replicationConfiguration={"rules": [rule]})


def repository(place: Place, name: str, tags: list[dict[str, str]]) -> None:
    place.client("ecr").create_repository(repositoryName=name, tags=tags)


def test_an_environment_without_copies_is_not_checked(place: Place) -> None:
    assert place.run(copies.checks(of(layer({})), place.account)) == []


def test_regions_between_which_rds_copies_are_ok(place: Place) -> None:
    found = line(place, backups("us-east-1"), region="us-west-2")

    assert (found.status, found.subject) == (Status.OK, "backups of RDS, copied to us-west-2")
    assert found.found == "from us-east-1"


def test_regions_between_which_rds_does_not_copy_are_a_problem(place: Place) -> None:
    found = line(place, backups("sa-east-1"), region="us-west-2")

    assert (found.status, found.found) == (Status.PROBLEM, "RDS does not copy automated backups from sa-east-1")
    assert found.fix.startswith(
        "Choose another region in environments/test.toml, [recovery]. RDS copies to us-west-2 from"
    )
    assert "us-east-1, us-east-2" in found.fix
    assert "sa-east-1" not in found.fix


def test_the_region_of_the_environment_is_meant_if_the_instance_is_a_reference(place: Place) -> None:
    resources = {
        "aws_db_instance_automated_backups_replication.p": {"source_db_instance_arn": "${aws_db_instance.p.arn}"}
    }

    (found,) = place.run(
        copies.checks(of(layer({}), layer(resources, region="us-west-2", layer="copies")), place.account)
    )

    assert found.found == "from us-east-1"


def test_a_registry_that_copies_nothing_is_ok(place: Place) -> None:
    found = line(place, images(place))

    assert (found.status, found.found) == (Status.OK, "there is none")
    assert found.subject == "replication of the registry, us-east-1"


def test_the_replication_of_this_environment_is_ok(place: Place) -> None:
    replicate(place, "acme-")

    found = line(place, images(place))

    assert (found.status, found.found) == (Status.OK, "this environment's")


def test_a_replication_of_others_is_a_problem(place: Place) -> None:
    replicate(place, "other-")

    found = line(place, images(place))

    assert found.status is Status.PROBLEM
    assert found.found == "copies other- to us-west-2 already, and AWS has one configuration for each registry"
    assert found.fix.endswith(
        "aws ecr put-replication-configuration --region us-east-1 --replication-configuration '{\"rules\":[]}'"
    )


def test_an_earlier_replication_of_this_environment_is_ok(place: Place) -> None:
    repository(place, "acme-backend", own_tags())
    repository(place, "older-backend", own_tags())
    repository(place, "other-backend", [])

    for prefix, region in (("acme-", "eu-west-1"), ("older-", "us-west-2")):
        replicate(place, prefix, region=region)
        found = line(place, images(place))
        assert (found.status, found.found) == (Status.OK, "this environment's")


def test_a_replication_that_also_selects_repositories_of_others_is_a_problem(place: Place) -> None:
    repository(place, "acme-backend", own_tags())
    repository(place, "acme-other", [{"Key": "Project", "Value": "other"}])
    replicate(place, "acme-", region="eu-west-1")

    assert line(place, images(place)).status is Status.PROBLEM


def test_a_replication_elsewhere_that_selects_nothing_is_a_problem(place: Place) -> None:
    replicate(place, "acme-", region="eu-west-1")

    assert line(place, images(place)).status is Status.PROBLEM
