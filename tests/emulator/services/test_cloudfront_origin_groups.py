"""Origin groups: two origins of the distribution, for methods and status codes that fail over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.edge import OPTIMIZED, distribution, make_distribution

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

READING = ["GET", "HEAD"]
ALL = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]


def origin(name: str) -> dict[str, Any]:
    return {
        "Id": name,
        "DomainName": f"{name}.example.com",
        "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"},
    }


def counted(items: list[Any]) -> dict[str, Any]:
    return {"Quantity": len(items), "Items": items}


def group(*members: str, id_: str = "both", codes: tuple[int, ...] = (500, 503)) -> dict[str, Any]:
    return {
        "Id": id_,
        "FailoverCriteria": {"StatusCodes": counted(list(codes))},
        "Members": counted([{"OriginId": member} for member in members]),
    }


def config(*groups: dict[str, Any], methods: list[str] = READING) -> dict[str, Any]:
    behavior = {
        "PathPattern": "/static/*",
        "TargetOriginId": "both",
        "ViewerProtocolPolicy": "https-only",
        "CachePolicyId": OPTIMIZED,
        "AllowedMethods": {**counted(methods), "CachedMethods": counted(READING)},
    }
    return {
        "Origins": counted([origin("web"), origin("files"), origin("copy")]),
        "OriginGroups": counted(list(groups)),
        "CacheBehaviors": counted([behavior]),
    }


def test_a_group_of_two_origins_is_kept_in_its_order(client: Client) -> None:
    identifier, _ = make_distribution(client, "groups", config=config(group("files", "copy")))
    found = client("cloudfront").get_distribution_config(Id=identifier)["DistributionConfig"]
    assert found["OriginGroups"] == counted([group("files", "copy")])


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (config(group("files", "copy"), methods=ALL), "AllowedMethods cannot include POST, PUT, PATCH, or DELETE"),
        (config(group("files", "none")), r"NoSuchOrigin.*do not exist"),
        (config(group("files", "files")), "must have two different origins"),
        (config(group("files", "copy", codes=(500, 501))), r"status code 501 .* must be one of \[400, 403"),
        (config(group("files", "copy"), group("web", "copy", id_="web")), "another id than the origins"),
        (
            config(group("files", "copy"), *(group("files", "copy", id_=f"g{number}") for number in range(10))),
            "TooManyOriginGroups",
        ),
    ],
)
def test_a_group_that_cannot_fail_over_is_refused(client: Client, wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ClientError, match=message):
        client("cloudfront").create_distribution(DistributionConfig=distribution("refused", config=wrong))


def test_the_default_behavior_may_be_a_groups_too(client: Client) -> None:
    wanted = config(group("files", "copy"))
    behavior = {"TargetOriginId": "both", "AllowedMethods": {**counted(READING), "CachedMethods": counted(READING)}}
    identifier, _ = make_distribution(client, "default-group", config=wanted, behaviour=behavior)
    found = client("cloudfront").get_distribution_config(Id=identifier)["DistributionConfig"]
    assert found["DefaultCacheBehavior"]["TargetOriginId"] == "both"
