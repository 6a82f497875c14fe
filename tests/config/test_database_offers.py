"""What AWS does not sell, against the data of cfn-lint, which are made of AWS's prices and its own API.

Where cfn-lint is raised and a test here fails, AWS sells more than the tables say: remove what it names from them.
https://github.com/aws-cloudformation/cfn-lint
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest

from config.aws import REGIONS
from config.database_classes import DOCUMENTDB_CLASSES, POSTGRES_CLASSES, instance_family
from config.database_offers import DOCUMENTDB, DOCUMENTDB_5_ONLY, OLDEST_MINORS, POSTGRES, Engine
from config.postgres import MAJOR_VERSIONS
from config.zone_features import DOCUMENTDB as DOCUMENTDB_PLACES
from tests.config.examples import changed, parsed, refusal, standby, text, without

_DATA = files("cfnlint") / "data" / "schemas" / "extensions"
REGION = 'region = "us-east-1"'
EVERY = "us-east-1"


def published(name: str) -> Any:
    return json.loads((_DATA / name).read_text())


def sold_postgres(region: str) -> set[str]:
    rules = published("aws_rds_dbinstance/dbinstanceclass_enum.json")[region]["allOf"]
    found: set[str] = set()
    for rule in rules:
        engine = rule["if"]["properties"]["Engine"]
        if "postgres" in (engine.get("const"), *engine.get("enum", ())):
            found |= set(rule["then"]["properties"]["DBInstanceClass"]["enum"])
    return found


def sold_documentdb(region: str) -> set[str]:
    return set(published("aws_docdb_dbinstance/dbinstanceclass_enum.json").get(region, {}).get("enum", ()))


def classes_of(table: str, new: str) -> str:
    """Production with another class of a database, in its own region only."""
    before, marker, after = without("recovery").partition(f"[{table}]")
    return before + marker + after.replace('"db.t3.medium"', f'"{new}"', 1)


def moved(toml: str, region: str, prefix: str) -> str:
    return toml.replace(EVERY, region).replace("use1-", f"{prefix}-")


@pytest.mark.parametrize("region", REGIONS)
def test_no_class_that_aws_sells_is_refused(region: str) -> None:
    for engine, sold in ((POSTGRES, sold_postgres(region)), (DOCUMENTDB, sold_documentdb(region))):
        refused = {one for one in engine.classes if not engine.is_offered(one, region)}
        assert not refused & sold


@pytest.mark.parametrize("region", sorted({*REGIONS} - {"us-east-1", "us-east-2", "us-west-2"}))
def test_each_class_that_aws_does_not_sell_is_refused(region: str) -> None:
    """But in the three largest regions, whose prices leave out classes that they have."""
    sold = sold_postgres(region)
    assert [one for one in POSTGRES_CLASSES if POSTGRES.is_offered(one, region) and one not in sold] == []
    if region not in DOCUMENTDB_PLACES.without_regions:
        sold = sold_documentdb(region)
        assert [one for one in DOCUMENTDB_CLASSES if DOCUMENTDB.is_offered(one, region) and one not in sold] == []


@pytest.mark.parametrize("engine", [POSTGRES, DOCUMENTDB])
def test_the_tables_name_regions_and_families_that_there_are(engine: Engine) -> None:
    families = {instance_family(one) for one in engine.classes}
    assert set(engine.missing) <= set(REGIONS)
    assert {one for line in engine.missing.values() for one in line.split()} <= families
    assert all(engine.families(region) for region in REGIONS)


@pytest.mark.parametrize(
    ("table", "name", "region", "prefix"),
    [
        ("postgres", "db.r5b.large", "eu-west-1", "euw1"),
        ("postgres", "db.m7g.large", "af-south-1", "afs1"),
        ("postgres", "db.t4g.micro", "ca-west-1", "caw1"),
        ("documentdb", "db.r8g.large", "il-central-1", "ilc1"),
        ("documentdb", "db.r5.large", "mx-central-1", "mxc1"),
    ],
)
def test_a_class_that_the_region_does_not_have_is_refused(table: str, name: str, region: str, prefix: str) -> None:
    lines = refusal(moved(classes_of(table, name), region, prefix))
    (line,) = [one for one in lines if one.startswith(f"{table}.instance_class")]
    engine = POSTGRES if table == "postgres" else DOCUMENTDB
    assert line.startswith(f'{table}.instance_class = "{name}": is not offered for {engine.name} in {region}; use a ')
    assert line.endswith(f"describe-orderable-db-instance-options --engine {engine.code} --region {region}")
    families = line.partition("use a class of ")[2].partition(".")[0].replace(" or ", ", ").split(", ")
    assert tuple(families) == engine.families(region)


@pytest.mark.parametrize(("table", "name"), [("postgres", "db.r5b.large"), ("documentdb", "db.r8g.large")])
def test_where_the_region_has_the_class_it_is_accepted(table: str, name: str) -> None:
    assert name in str(parsed(classes_of(table, name)))


def test_the_class_is_asked_of_the_second_region_too() -> None:
    toml = standby(('region = "us-west-2"', 'region = "ca-west-1"')).replace("usw2-", "caw1-")
    toml = toml.replace('instance_class = "db.t3.medium"', 'instance_class = "db.m5.large"', 1)
    lines = [one for one in refusal(toml) if one.startswith("postgres.instance_class")]
    assert len(lines) == 1
    assert ": in the second region, ca-west-1: is not offered for PostgreSQL in ca-west-1; " in lines[0]


def test_the_classes_of_a_drill_are_those_of_the_second_region() -> None:
    toml = text(drills=True).replace("us-west-2", "ca-west-1").replace("usw2-", "caw1-")
    (line,) = [one for one in refusal(toml) if "drills.postgres_class" in one]
    assert line.startswith(
        'recovery.drills.postgres_class = "db.t4g.micro": is not offered for PostgreSQL in ca-west-1'
    )


@pytest.mark.parametrize("family", DOCUMENTDB_5_ONLY)
def test_a_class_that_the_version_of_documentdb_does_not_have_is_refused(family: str) -> None:
    toml = classes_of("documentdb", f"db.{family}.xlarge")
    assert parsed(toml).documentdb
    old = toml.replace('engine_version = "5.0.0"', 'engine_version = "4.0.0"')
    assert refusal(old) == [
        (
            f'documentdb.instance_class = "db.{family}.xlarge": is not offered with engine_version = "4.0.0"; use a '
            'class of r5, r6g, t3 or t4g, or engine_version = "5.0.0"'
        )
    ]


@pytest.mark.parametrize("name", ["db.t3.medium", "db.t4g.medium", "db.r5.large", "db.r6g.large"])
def test_the_other_classes_have_both_versions(name: str) -> None:
    toml = classes_of("documentdb", name).replace('engine_version = "5.0.0"', 'engine_version = "4.0.0"')
    assert parsed(toml).documentdb


def minor(version: str) -> str:
    major = version.partition(".")[0]
    return changed(("major_version = 17", f'major_version = {major}\nengine_version = "{version}"'))


@pytest.mark.parametrize(("major", "oldest"), OLDEST_MINORS.items())
def test_a_deprecated_minor_version_is_refused(major: int, oldest: int) -> None:
    (line,) = refusal(minor(f"{major}.{oldest - 1}"))
    assert line.startswith(f'postgres.engine_version = "{major}.{oldest - 1}": is deprecated: ')
    assert f'use "{major}.{oldest}" or newer, or remove the line' in line
    assert present_version(minor(f"{major}.{oldest}")) == f"{major}.{oldest}"


def present_version(toml: str) -> str | None:
    postgres = parsed(toml).postgres
    return postgres.engine_version if postgres else None


def test_the_oldest_minor_versions_are_those_that_rds_creates() -> None:
    rules = published("aws_rds_dbinstance/engine_version_deprecated.json")["allOf"]
    (deprecated,) = [
        rule["if"]["properties"]["EngineVersion"]["enum"]
        for rule in rules
        if rule["if"]["properties"]["Engine"].get("const") == "postgres"
    ]
    newest: dict[int, int] = {}
    for version in deprecated:
        first, _, last = version.partition(".")
        if last.isdigit():
            newest[int(first)] = max(newest.get(int(first), 0), int(last))
    assert {major: newest[major] + 1 for major in MAJOR_VERSIONS} == OLDEST_MINORS
