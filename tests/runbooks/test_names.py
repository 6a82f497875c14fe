"""What a template asks of an environment is read out of its JSON, and a miss says what there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from runbooks.errors import RunbookError
from runbooks.names import Names
from synthesis.manifest import OutputError, read_stacks
from tests.runbooks.acme import ACCOUNT, environment

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def names(tmp_path: Path) -> Names:
    environment(tmp_path)
    return Names("dev", read_stacks(tmp_path))


def test_the_environment_is_known_by_its_stacks(names: Names) -> None:
    assert (names.env, names.project, names.prefix, names.account) == ("dev", "acme", "acme-dev", ACCOUNT)
    assert (names.region, names.second, names.protected) == ("eu-west-1", "eu-north-1", True)


def test_a_name_is_found_with_and_without_the_logical_name(names: Names) -> None:
    assert names.name("data/aws_db_instance/postgres") == "acme-dev-postgres"
    assert names.name("data/aws_s3_bucket") == names.name("data/aws_s3_bucket/backups") == "acme-dev-backups"


def test_names_and_places_are_in_alphabetical_order(names: Names) -> None:
    assert names.names("service/aws_ecs_service/*") == ["acme-dev-api", "acme-dev-web"]
    assert names.places("service/aws_ecs_service/w*") == ["service/aws_ecs_service/web-service"]


def test_an_argument_is_found_in_blocks_too(names: Names) -> None:
    assert names.value("data/aws_db_instance/postgres", "multi_az") is True
    assert names.value("data/aws_backup_plan/plan", "rule", "lifecycle", "delete_after") == 7


def test_an_output_is_followed_to_the_name(names: Names) -> None:
    assert names.output("data", "bucket") == "acme-dev-backups"


def test_a_layer_and_a_resource_are_there_or_not(names: Names) -> None:
    assert names.has("recovery")
    assert names.has("recovery-eu-north-1")
    assert not names.has("edge")
    assert not names.has("data/aws_docdb_cluster")


def test_alarms_are_found_by_the_section_that_they_link(names: Names) -> None:
    assert names.alarms(["service-absence"]) == ["acme-dev-api-absence", "acme-dev-web-absence"]
    assert names.alarms(["service-absence"], ["*-web-*"]) == ["acme-dev-web-absence"]
    assert names.alarms(["sign-ins"]) == []


def test_receivers_are_those_of_the_severity(names: Names) -> None:
    assert names.receivers("critical") == ["on-call@example.com"]
    assert names.receivers("info") == []


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("data", "'data' must be `layer/type` or `layer/type/logical name`"),
        ("edge/aws_s3_bucket", "dev has no layer 'edge' for edge/aws_s3_bucket; it has: data, "),
        (
            "data/aws_docdb_cluster",
            "no resource at data/aws_docdb_cluster; its aws_docdb_cluster in data are: none",
        ),
        ("data/aws_s3_bucket/files", "its aws_s3_bucket in data are: backups"),
        (
            "service/aws_ecs_service",
            "has 2 resources at service/aws_ecs_service: api-service, web-service; name one",
        ),
        ("data/aws_backup_plan/plan/x", "must be `layer/type`"),
    ],
)
def test_a_miss_says_what_there_is(names: Names, place: str, message: str) -> None:
    with pytest.raises(RunbookError) as caught:
        names.name(place)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_only_an_apply_knows_is_refused(names: Names) -> None:
    with pytest.raises(RunbookError, match="host of dev-data is known only after an apply"):
        names.output("data", "host")
    with pytest.raises(RunbookError, match="known only after an apply; use a command that asks AWS"):
        names.value("data/aws_ssm_parameter/host", "value")


def test_an_output_and_an_argument_that_are_not_there_are_refused(names: Names) -> None:
    with pytest.raises(RunbookError, match=r"the layer data has no output 'vpc'; it has: bucket, host"):
        names.output("data", "vpc")
    with pytest.raises(RunbookError, match="data/aws_db_instance/postgres has no port"):
        names.value("data/aws_db_instance/postgres", "port")


def test_an_unknown_environment_is_refused(tmp_path: Path) -> None:
    environment(tmp_path)
    with pytest.raises(OutputError, match=r"has no environment 'prod'\. It has: dev"):
        Names("prod", read_stacks(tmp_path))
