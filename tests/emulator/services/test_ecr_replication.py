"""ECR copies what is pushed after its registry has a replication configuration."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any, Final

import pytest
from botocore.exceptions import ClientError

from emulator.outages import state

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

_NUMBERS: Final = itertools.count(1000)
THERE: Final = "us-west-2"


class Registries:
    """The registries of one account in two regions."""

    def __init__(self, client: Client) -> None:
        self.account = f"72222222{next(_NUMBERS)}"
        self.home = client("ecr", account=self.account)
        self.there = client("ecr", account=self.account, region=THERE)

    def replicate(self, *prefixes: str) -> None:
        filters = [{"filter": prefix, "filterType": "PREFIX_MATCH"} for prefix in prefixes]
        rule: dict[str, Any] = {"destinations": [{"region": THERE, "registryId": self.account}]}
        rules = [{**rule, "repositoryFilters": filters} if filters else rule]
        self.home.put_replication_configuration(replicationConfiguration={"rules": rules})

    def push(self, repository: str = "app-api", *, tag: str | None = "build-1", layer: str = "a") -> str:
        """Push an image, or a tag of the one with this layer; return its digest."""
        manifest = {
            "schemaVersion": 2,
            "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
            "config": {"digest": f"sha256:{layer}", "size": 1},
            "layers": [{"digest": f"sha256:{layer * 64}", "size": 1}],
        }
        tags = {"imageTag": tag} if tag else {}
        pushed = self.home.put_image(repositoryName=repository, imageManifest=json.dumps(manifest), **tags)
        return str(pushed["image"]["imageId"]["imageDigest"])

    def copies(self, repository: str = "app-api") -> dict[str, list[str]]:
        """The tags of each image in the second region, by its digest."""
        images = self.there.describe_images(repositoryName=repository)["imageDetails"]
        return {one["imageDigest"]: sorted(one.get("imageTags", [])) for one in images}


@pytest.fixture
def registries(client: Client) -> Registries:
    made = Registries(client)
    for name in ("app-api", "other"):
        made.home.create_repository(repositoryName=name)
    return made


def test_a_pushed_image_is_copied_with_its_tag(registries: Registries) -> None:
    registries.there.create_repository(repositoryName="app-api", imageTagMutability="IMMUTABLE")
    registries.replicate("app-")
    digest = registries.push()
    assert registries.copies() == {digest: ["build-1"]}


def test_a_further_tag_is_copied(registries: Registries) -> None:
    registries.replicate("app-")
    digest = registries.push()
    registries.push(tag="release-1")
    assert registries.copies() == {digest: ["build-1", "release-1"]}


def test_what_was_pushed_before_is_copied_with_its_next_tag(registries: Registries) -> None:
    digest = registries.push()
    registries.replicate("app-")
    with pytest.raises(ClientError, match="RepositoryNotFoundException"):
        registries.copies()
    registries.push(tag="copied")
    assert digest in registries.copies()


def test_other_repositories_are_not_copied(registries: Registries) -> None:
    registries.replicate("app-")
    registries.push("other")
    assert registries.there.describe_repositories()["repositories"] == []


def test_without_a_filter_all_are_copied(registries: Registries) -> None:
    registries.replicate()
    registries.push("other")
    assert registries.copies("other")


def test_a_repository_that_ecr_makes_has_none_of_the_settings(registries: Registries) -> None:
    registries.home.put_image_tag_mutability(repositoryName="app-api", imageTagMutability="IMMUTABLE")
    registries.replicate("app-")
    registries.push()
    (made,) = registries.there.describe_repositories(repositoryNames=["app-api"])["repositories"]
    assert (made["imageTagMutability"], made["encryptionConfiguration"]) == ("MUTABLE", {"encryptionType": "AES256"})


@pytest.mark.parametrize(("mutability", "tags"), [("IMMUTABLE", ["build-1"]), ("MUTABLE", [])])
def test_a_tag_that_another_image_has_moves_only_if_it_may(
    registries: Registries, mutability: str, tags: list[str]
) -> None:
    registries.there.create_repository(repositoryName="app-api", imageTagMutability=mutability)
    registries.replicate("app-")
    first = registries.push()
    second = registries.push(layer="b")
    copies = registries.copies()
    assert copies[first] == tags
    assert copies[second] == ([] if tags else ["build-1"])


def test_a_deleted_image_stays_in_the_other_region(registries: Registries) -> None:
    registries.replicate("app-")
    digest = registries.push()
    registries.home.batch_delete_image(repositoryName="app-api", imageIds=[{"imageDigest": digest}])
    assert digest in registries.copies()


def test_the_status_names_the_copies_that_are_there(registries: Registries) -> None:
    registries.replicate("app-")
    registries.push()
    found = registries.home.describe_image_replication_status(repositoryName="app-api", imageId={"imageTag": "build-1"})
    assert found["replicationStatuses"] == [{"region": THERE, "registryId": registries.account, "status": "COMPLETE"}]


def test_an_image_without_a_copy_has_no_status(registries: Registries) -> None:
    registries.push()
    registries.replicate("app-")
    found = registries.home.describe_image_replication_status(repositoryName="app-api", imageId={"imageTag": "build-1"})
    assert found["replicationStatuses"] == []


def test_the_configuration_reads_back_and_can_be_emptied(registries: Registries) -> None:
    registries.replicate("app-", "public/")
    (rule,) = registries.home.describe_registry()["replicationConfiguration"]["rules"]
    assert [one["filter"] for one in rule["repositoryFilters"]] == ["app-", "public/"]
    registries.home.put_replication_configuration(replicationConfiguration={"rules": []})
    registries.push()
    assert registries.there.describe_repositories()["repositories"] == []


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ([["us-east-1"]], "cannot be the same as the source registry"),
        ([[f"eu-west-{number}" for number in range(1, 27)]], "at most 25 unique destinations"),
        ([["eu-west-1"]] * 11, "at most 10 rules"),
    ],
)
def test_a_configuration_that_cannot_be_is_refused(
    registries: Registries, rules: list[list[str]], message: str
) -> None:
    configured = [
        {"destinations": [{"region": region, "registryId": registries.account} for region in regions]}
        for regions in rules
    ]
    with pytest.raises(ClientError, match=message):
        registries.home.put_replication_configuration(replicationConfiguration={"rules": configured})


def test_a_lost_region_misses_an_image_until_its_next_tag(registries: Registries) -> None:
    registries.there.create_repository(repositoryName="app-api")
    registries.replicate("app-")
    state.lose(THERE)
    try:
        digest = registries.push()
    finally:
        state.give_back(THERE)
    assert registries.copies() == {}
    registries.push(tag="release-1")
    assert registries.copies() == {digest: ["build-1", "release-1"]}
