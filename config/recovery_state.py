"""What the states in the second region need of the other tables."""

from collections.abc import Iterator

from config.domain import ROUTE_53_REGION
from config.errors import Problem
from config.jurisdictions import offer_second_region


def check_second_region_has_no_stacks(
    *,
    region: str,
    edge: object,
    domain__dnssec: bool | None,
    domain__query_logging: bool | None,
    domain__health_check: object,
    recovery__region: str | None,
) -> Iterator[Problem]:
    """A stack of the second region keeps its state there, so the region must not have a stack for another reason.

    Route 53 takes keys, query logs and metrics of health checks from one region only; with them, the layer
    `notifications` has a stack there, whose state is in the region of the environment.
    """
    # With CloudFront, the same region has more than a state, and another check refuses it.
    needed = domain__dnssec or domain__query_logging or domain__health_check is not None
    if needed and edge is None and recovery__region == ROUTE_53_REGION != region:
        yield Problem(
            key="recovery.region",
            value=recovery__region,
            allowed=f"must not be {ROUTE_53_REGION} with dnssec, query_logging or [domain.health_check]: the "
            "environment has stacks there already, whose states would have to move; "
            f"{offer_second_region(region, without=(ROUTE_53_REGION,))}",
        )
