"""Origin groups: moto stores any, and CloudFront refuses those that could never fail over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emulator.errors import AwsError
from emulator.registry import Context, guard
from emulator.services.cloudfront.distribution_checks import config_of
from emulator.services.cloudfront.usage import items

if TYPE_CHECKING:
    from emulator.store import Shape

_MOST_GROUPS: Final = 10
"""https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html (origin groups)."""
_STATUS_CODES: Final = (400, 403, 404, 416, 500, 502, 503, 504)
"""https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html

400 and 416 came later: https://repost.aws/ja/questions/QUnMyVuwPnQaCI3fwyiZz7Mg
"""
_FAILS_OVER: Final = frozenset({"GET", "HEAD", "OPTIONS"})


@guard("cloudfront", "CreateDistribution", "CreateDistributionWithTags", "UpdateDistribution")
def refuse_wrong_groups(params: Shape, context: Context) -> None:  # noqa: ARG001 (guards have it)
    """Refuse a group without two origins of the distribution, and a behavior that it cannot answer.

    https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginGroup.html
    """
    config = config_of(params)
    groups = items(config, "OriginGroups")
    if len(groups) > _MOST_GROUPS:
        message = "Processing your request would cause you to exceed the maximum number of origin groups allowed."
        raise AwsError(code="TooManyOriginGroupsPerDistribution", message=message)
    origins = {origin["Id"] for origin in config["Origins"]["Items"]}
    for group in groups:
        _check_group(group, origins)
    ids = {group["Id"] for group in groups}
    for behavior in (config["DefaultCacheBehavior"], *items(config, "CacheBehaviors")):
        if behavior["TargetOriginId"] in ids:
            _check_methods(items(behavior, "AllowedMethods"))


def _check_group(group: Shape, origins: set[str]) -> None:
    """The members are two: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginGroupMembers.html."""
    members = [member["OriginId"] for member in items(group, "Members")]
    if group["Id"] in origins:
        message = f"The origin group {group['Id']} must have another id than the origins."
        raise AwsError(code="InvalidArgument", message=message)
    if len(set(members)) != 2:  # noqa: PLR2004  a primary and a secondary one
        message = f"The origin group {group['Id']} must have two different origins."
        raise AwsError(code="InvalidArgument", message=message)
    if not set(members) <= origins:
        message = "One or more of your origins or origin groups do not exist."
        raise AwsError(code="NoSuchOrigin", message=message)
    wrong = sorted(set(items(group["FailoverCriteria"], "StatusCodes")) - set(_STATUS_CODES))
    if wrong:
        message = f"The status code {wrong[0]} of the origin group {group['Id']} must be one of {list(_STATUS_CODES)}."
        raise AwsError(code="InvalidArgument", message=message)


def _check_methods(methods: list[str]) -> None:
    """https://github.com/aws/aws-cdk/issues/32450 has the message."""
    if not set(methods) <= _FAILS_OVER:
        message = (
            "The parameter AllowedMethods cannot include POST, PUT, PATCH, or DELETE for a cached behavior associated "
            "with an origin group."
        )
        raise AwsError(code="InvalidArgument", message=message)
