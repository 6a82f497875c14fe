"""Where log groups are forwarded to: a destination in another account for each region that has some."""

from collections.abc import Iterator, Sequence

from config.domain import ROUTE_53_REGION
from config.edge import VIEWER_REGION
from config.errors import Problem


def destination_region(arn: str) -> str:
    """The region of a destination."""
    return arn.split(":")[3]


def check_log_destinations(
    *,
    logs__forward_to: Sequence[str],
    account_id: str,
    region: str,
    edge: object,
    firewall: object,
    firewall__web_acl_arn: str | None,
    domain__query_logging: object,
    recovery__region: str | None,
) -> Iterator[Problem]:
    """Check that each region with log groups has one destination, in another account.

    A log group and its destination must be in the same region, and a destination is for another account:
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CrossAccountSubscriptions.html
    """
    if not logs__forward_to:
        return
    requests = [VIEWER_REGION] if edge is not None and firewall is not None and not firewall__web_acl_arn else []
    queries = [ROUTE_53_REGION] if domain__query_logging else []
    copies = [recovery__region] if recovery__region else []
    wanted = tuple(dict.fromkeys((region, *requests, *queries, *copies)))
    found = [destination_region(arn) for arn in logs__forward_to]
    for index, (arn, place) in enumerate(zip(logs__forward_to, found, strict=True)):
        key = f"logs.forward_to[{index}]"
        if arn.split(":")[4] == account_id:
            yield Problem(
                key=key, value=arn, allowed="is in the environment's own account; a destination must be in another one"
            )
        if place not in wanted:
            yield Problem(
                key=key,
                value=arn,
                allowed=f"is in {place}, where the environment has no log groups; use a destination in "
                f"{' and one in '.join(wanted)}",
            )
        elif place in found[:index]:
            yield Problem(key=key, value=arn, allowed=f"is the second destination in {place}; remove one")
    for place in wanted:
        if place not in found:
            yield Problem(
                key="logs.forward_to",
                allowed=f"has no destination in {place}, where the environment has log groups, too; add one, because a "
                "log group can only be forwarded within its region",
            )
