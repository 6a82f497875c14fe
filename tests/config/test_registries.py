"""Environments of one account have repositories of their own, and copy no others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from config.registries import Registries, check_registries, read_registries, repository_names

OWN = Registries(
    environment="prod",
    account_id="3" * 12,
    region="us-east-1",
    copies_region="us-west-2",
    repositories=("users-api", "users-web"),
)
OTHER = replace(OWN, environment="eu", copies_region=None, repositories=("eu-api",))


def found(**changes: Any) -> list[str]:
    """The messages about an environment beside another one with these changes."""
    return [str(problem) for problem in check_registries(OWN, [replace(OTHER, **changes)])]


def test_a_registry_has_one_replication() -> None:
    (line,) = found(copies_region="us-west-1")
    assert 'would replace the replication of images of "eu", which is in the same account and region' in line
    assert not found(region="us-west-2", copies_region="us-east-1")


@pytest.mark.parametrize(
    "place",
    [
        {},
        {"region": "us-west-2"},
        {"region": "eu-west-1", "copies_region": "us-east-1"},
        {"region": "eu-west-1", "copies_region": "us-west-2"},
    ],
)
def test_a_repository_of_the_same_name_is_refused_in_both_regions(place: dict[str, str]) -> None:
    (line,) = found(repositories=("users-web", "users-other"), **place)
    assert 'must not be the one of "eu"' in line
    assert "users-web;" in line
    assert not found(repositories=("users-web",), account_id="4" * 12, **place)


def test_a_repository_of_the_same_name_is_accepted_elsewhere() -> None:
    assert not found(repositories=("users-web",), region="eu-west-1")


def test_a_repository_that_would_be_copied_with_those_of_another_environment_is_refused() -> None:
    (line,) = found(repositories=("users-api-2",))
    assert 'must not make users-api-2 of "eu" start with users-api of "prod"' in line
    assert not found(repositories=("users-ap", "users-other"))
    own = replace(OWN, copies_region=None)
    lines = [str(one) for one in check_registries(own, [replace(OTHER, copies_region="x", repositories=("users",))])]
    assert [line.partition(", whose")[0].partition(": ")[2] for line in lines] == [
        'must not make users-api of "prod" start with users of "eu"',
        'must not make users-web of "prod" start with users of "eu"',
    ]


def test_a_repository_that_is_not_where_images_are_copied_from_may_start_alike() -> None:
    assert not found(repositories=("users-api-2",), region="us-west-2")


@pytest.mark.parametrize("table", [{}, {"recovery": 1, "registry": [], "services": "x", "region": []}])
def test_a_file_that_is_not_valid_has_no_repositories(table: dict[str, Any]) -> None:
    read = read_registries("eu", "users", table)
    assert (read.regions, read.repositories) == (frozenset(), ())


def test_a_file_says_where_repositories_are() -> None:
    table = {
        "account_id": "3" * 12,
        "region": "us-east-1",
        "recovery": {"mode": "backup", "region": "us-west-2"},
        "services": {"api": {}},
    }
    read = read_registries("eu", "users", table)
    assert read.regions == {"us-east-1", "us-west-2"}
    assert read.repositories == ("users-api",)
    table["recovery"] = {"mode": "none"}
    assert read_registries("eu", "users", {**table, "registry": {"repository_prefix": "eu"}}) == replace(
        OTHER, repositories=repository_names("eu", ["api"])
    )
