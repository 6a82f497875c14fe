"""The databases have the names by which the layer `recovery` knows them without their stack."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from modules.data.identifiers import DATABASES_KEY, documentdb_identifier, postgres_identifier
from modules.key import key_alias
from tests.template import LABEL

if TYPE_CHECKING:
    from collections.abc import Callable

    from modules.label import Label
    from tests.template import Template

PROD = replace(LABEL, environment="prod")


def test_each_database_has_a_name_of_its_own() -> None:
    assert postgres_identifier(LABEL) == "user-management-test-postgres"
    assert documentdb_identifier(LABEL) == "user-management-test-documentdb"


@pytest.mark.parametrize("identifier", [postgres_identifier, documentdb_identifier])
def test_the_second_region_knows_a_database_by_the_same_name(identifier: Callable[[Label], str]) -> None:
    assert identifier(replace(LABEL, layer="recovery", region="us-west-2")) == identifier(LABEL)


@pytest.mark.parametrize("identifier", [postgres_identifier, documentdb_identifier])
def test_a_long_name_is_as_short_as_rds_demands_and_still_the_only_one(identifier: Callable[[Label], str]) -> None:
    names = {identifier(replace(LABEL, project="p" * 60, environment=environment)) for environment in ("dev", "prod")}
    assert len(names) == 2
    assert {len(name) for name in names} == {63}


def test_the_databases_that_are_created_have_these_names(stacks: dict[str, Template]) -> None:
    data = stacks["prod-data"]
    assert data.only("aws_db_instance", identifier=postgres_identifier(PROD))["engine"] == "postgres"
    assert data.only("aws_docdb_cluster")["cluster_identifier"] == documentdb_identifier(PROD)


def test_the_key_of_both_has_the_alias_of_this_name(stacks: dict[str, Template]) -> None:
    data = stacks["prod-data"]
    name = key_alias(PROD, DATABASES_KEY)
    assert name == "alias/user-management-prod-databases"
    alias = data.only("aws_kms_alias", name=name)
    key = alias["target_key_id"].replace(".key_id}", ".arn}")
    encrypted = [
        data.only("aws_db_instance", identifier=postgres_identifier(PROD)),
        data.only("aws_docdb_cluster"),
    ]
    assert [database["kms_key_id"] for database in encrypted] == [key, key]
