from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

CREDENTIAL = "arn:aws:secretsmanager:us-east-1:123456789012:secret:ecr-pullthroughcache/one"


def make(client: Client, prefix: str, url: str = "public.ecr.aws", **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = client("ecr").create_pull_through_cache_rule(
        ecrRepositoryPrefix=prefix, upstreamRegistryUrl=url, **more
    )
    return made


def test_a_rule_is_stored_described_and_deleted(client: Client) -> None:
    assert make(client, "one-public")["upstreamRegistry"] == "ecr-public"
    (found,) = client("ecr").describe_pull_through_cache_rules(ecrRepositoryPrefixes=["one-public"])[
        "pullThroughCacheRules"
    ]
    assert (found["upstreamRegistryUrl"], found["registryId"]) == ("public.ecr.aws", "123456789012")
    assert "upstreamRepositoryPrefix" not in found
    client("ecr").delete_pull_through_cache_rule(ecrRepositoryPrefix="one-public")
    listed = client("ecr").describe_pull_through_cache_rules()["pullThroughCacheRules"]
    assert "one-public" not in {rule["ecrRepositoryPrefix"] for rule in listed}
    with pytest.raises(ClientError, match=r"PullThroughCacheRuleNotFoundException.*'one-public' does not exist"):
        client("ecr").delete_pull_through_cache_rule(ecrRepositoryPrefix="one-public")


def test_a_rule_for_another_registry_of_ecr_has_the_prefix_of_its_root(client: Client) -> None:
    made = make(client, "other", "210987654321.dkr.ecr.us-east-1.amazonaws.com")
    assert (made["upstreamRegistry"], made["upstreamRepositoryPrefix"]) == ("ecr", "ROOT")


def test_a_prefix_has_one_rule(client: Client) -> None:
    make(client, "twice")
    with pytest.raises(ClientError, match=r"PullThroughCacheRuleAlreadyExistsException.*'twice' already exists"):
        make(client, "twice")


def test_an_unknown_registry_is_refused(client: Client) -> None:
    with pytest.raises(ClientError, match=r"UnsupportedUpstreamRegistryException.*'docker.io' is not supported"):
        make(client, "unknown", "docker.io")


def test_a_registry_with_credentials_needs_them(client: Client) -> None:
    with pytest.raises(ClientError, match=r"InvalidParameterException.*'ghcr.io' requires a credentialArn"):
        make(client, "github", "ghcr.io")
    assert make(client, "github", "ghcr.io", credentialArn=CREDENTIAL)["credentialArn"] == CREDENTIAL


def test_a_registry_of_another_name_is_refused(client: Client) -> None:
    with pytest.raises(ClientError, match=r"'quay' does not have the url 'public.ecr.aws'"):
        make(client, "named", upstreamRegistry="quay")


@pytest.mark.parametrize("prefix", ["a", "a" * 31, "Upper", "a--", "-a"])
def test_an_invalid_prefix_is_refused(client: Client, prefix: str) -> None:
    with pytest.raises(ClientError, match="ecrRepositoryPrefix"):
        client("ecr", checked=False).create_pull_through_cache_rule(
            ecrRepositoryPrefix=prefix, upstreamRegistryUrl="public.ecr.aws"
        )


def selection(status: str = "tagged", **more: Any) -> dict[str, Any]:
    return {"tagStatus": status, "countType": "imageCountMoreThan", "countNumber": 1, **more}


BUILDS = selection(tagPatternList=["build-*"])


def put(client: Client, *selections: dict[str, Any], priorities: tuple[int, ...] = (1, 2, 3)) -> None:
    rules = [
        {"rulePriority": priority, "selection": one, "action": {"type": "expire"}}
        for priority, one in zip(priorities, selections, strict=False)
    ]
    client("ecr").put_lifecycle_policy(repositoryName="app", lifecyclePolicyText=json.dumps({"rules": rules}))


@pytest.fixture(scope="module", autouse=True)
def repository(client: Client) -> None:
    client("ecr").create_repository(repositoryName="app")


def test_rules_that_fit_together_are_stored(client: Client) -> None:
    by_age = selection("untagged", countType="sinceImagePushed", countUnit="days")
    put(client, BUILDS, by_age, selection("any"))
    stored = json.loads(client("ecr").get_lifecycle_policy(repositoryName="app")["lifecyclePolicyText"])
    assert [rule["selection"]["tagStatus"] for rule in stored["rules"]] == ["tagged", "untagged", "any"]


@pytest.mark.parametrize(
    ("selections", "priorities", "says"),
    [
        ((BUILDS, BUILDS), (1, 1), "the priority 1 is not unique"),
        ((selection(),), (1,), "must have either a tagPrefixList or a tagPatternList"),
        (
            (selection(tagPrefixList=["a"], tagPatternList=["a*"]),),
            (1,),
            "must have either a tagPrefixList or a tagPatternList",
        ),
        ((selection("untagged", tagPatternList=["a*"]),), (1,), "untagged images must not have a tagPatternList"),
        ((selection("any"), BUILDS), (1, 2), "any images must have the highest priority number"),
        ((selection(tagPatternList=["*a*b*c*d*"]),), (1,), "has more than 4 wildcards"),
        ((selection("untagged", countType="sinceImagePushed"),), (1,), "countUnit is required with sinceImagePushed"),
        ((selection("untagged", countUnit="days"),), (1,), "countUnit is not allowed with imageCountMoreThan"),
    ],
)
def test_rules_that_contradict_each_other_are_refused(
    client: Client, selections: tuple[dict[str, Any], ...], priorities: tuple[int, ...], says: str
) -> None:
    with pytest.raises(ClientError, match=rf"InvalidParameterException.*Lifecycle policy validation failure: .*{says}"):
        put(client, *selections, priorities=priorities)
