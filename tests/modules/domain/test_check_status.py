"""What Route 53 finds of a health check."""

from __future__ import annotations

from modules.domain.check_status import check_status


def test_it_is_in_us_east_1_and_one_region_that_finds_the_check_unhealthy_counts() -> None:
    status = check_status("check-id")
    assert (status.namespace, status.name) == ("AWS/Route53", "HealthCheckStatus")
    assert (status.statistic, status.region) == ("Minimum", "us-east-1")
    assert status.dimensions == {"HealthCheckId": "check-id"}
