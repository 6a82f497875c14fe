"""The checks of the layer `recovery` find nothing where all is copied, and each bucket and repository that is not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from acceptance.checks import find_checks
from config.buckets import BACKUPS, copy_name, source_name
from tests.emulator.s3_replication import Copied

if TYPE_CHECKING:
    from acceptance.account import EmulatedSession
    from config.environment import Environment

THERE = "us-west-2"
REPOSITORIES = ("user-management-backend", "user-management-frontend", "user-management-prod-public/nginx")


class Place:
    """An account whose bucket of backups is copied, as the layer does it."""

    def __init__(self, session: EmulatedSession, prod: Environment) -> None:
        self.session = session
        without = ("edge", "security", "postgres", "documentdb")  # what other tests are about
        self.environment = prod.model_copy(update=dict.fromkeys(without))
        names = prod.names
        self.buckets = Copied(
            self.client,
            prod.account_id,
            source=source_name(names, BACKUPS),
            target=copy_name(replace(names, region=THERE), BACKUPS),
        )
        self.buckets.replicate()
        self.home, self.there = self.client("ecr"), self.client("ecr", region=THERE)
        for repository in REPOSITORIES:
            self.home.create_repository(repositoryName=repository)
            self.there.create_repository(repositoryName=repository)
        self.replicate_images("user-management-")

    def client(self, service: str, *, account: str = "", region: str = "us-east-1", checked: bool = True) -> Any:
        assert account in {"", self.environment.account_id}
        assert checked
        return self.session.client(service, region_name=region)

    def replicate_images(self, *prefixes: str) -> None:
        rule = {
            "destinations": [{"region": THERE, "registryId": self.environment.account_id}],
            "repositoryFilters": [{"filter": prefix, "filterType": "PREFIX_MATCH"} for prefix in prefixes],
        }
        self.home.put_replication_configuration(replicationConfiguration={"rules": [rule] if prefixes else []})

    def found(self) -> list[str]:
        return [line for _, check in find_checks({"recovery"}) for line in check(self.environment, self.session)]


@pytest.fixture
def place(session: EmulatedSession, environments: dict[str, Environment], account_id: str) -> Place:
    return Place(session, environments["prod"].model_copy(update={"account_id": account_id}))


def test_what_is_copied_has_no_finding(place: Place) -> None:
    assert place.found() == []
    assert place.buckets.copied("recovery/check")


def test_an_environment_without_copies_has_none_to_check(place: Place) -> None:
    place.environment = place.environment.model_copy(update={"recovery": None})
    place.buckets.home.delete_bucket_replication(Bucket=place.buckets.source)
    assert place.found() == []


def test_a_role_without_a_right_is_found(place: Place) -> None:
    place.buckets.allow(*(one for one in place.buckets.statements() if one["Action"] != "kms:Encrypt"))
    assert place.found() == [f"the copy of a new object of {place.buckets.source} is FAILED; it must be COMPLETED"]


def test_a_bucket_without_replication_is_found(place: Place) -> None:
    place.buckets.home.delete_bucket_replication(Bucket=place.buckets.source)
    assert place.found() == [
        f"{place.buckets.source} is not copied: ReplicationConfigurationNotFoundError",
        f"the copy of a new object of {place.buckets.source} is None; it must be COMPLETED",
    ]


def test_a_copy_in_another_bucket_is_found(place: Place) -> None:
    place.buckets.create_bucket("another", THERE, place.buckets.keys[THERE])
    document = place.buckets.document(Destination=place.buckets.destination(Bucket="arn:aws:s3:::another"))
    place.buckets.replicate(document)
    assert f"it must be copied to {place.buckets.target}" in place.found()[0]


def test_a_repository_that_is_not_copied_is_found(place: Place) -> None:
    expected = [f"the registry does not copy to the repository {name}" for name in REPOSITORIES]
    place.replicate_images("other-")
    assert place.found() == expected
    place.replicate_images()
    assert place.found() == expected
    place.replicate_images("user-management-backend", "user-management-prod-public/")
    assert place.found() == expected[1:2]


def test_a_repository_without_a_source_or_a_copy_is_found(place: Place) -> None:
    backend, frontend, _ = REPOSITORIES
    place.home.delete_repository(repositoryName=backend)
    place.there.delete_repository(repositoryName=frontend)
    assert place.found() == [
        f"there is no repository {backend} in us-east-1, of which the one in us-west-2 has copies",
        f"there is no repository {frontend} in us-west-2, which would receive copies",
    ]


def test_a_repository_of_another_environment_is_not_looked_at(place: Place) -> None:
    place.there.create_repository(repositoryName="other-backend")
    assert place.found() == []
