from __future__ import annotations

from collections import Counter

import pytest

from compliance.cloudwatch_metrics import METRICS, problem_of


def test_every_metric_is_there_once_and_has_a_page_of_aws() -> None:
    found = Counter((family.namespace, name) for family in METRICS for name in family.names)
    assert not [one for one, count in found.items() if count > 1]
    assert not [family for family in METRICS if not family.source.startswith("https://docs.aws.amazon.com/")]


@pytest.mark.parametrize("statistic", ["Average", "SampleCount", "p95", "p99.9", "tm90", "PR(:0.2)", "TC(0.2:)", "IQM"])
def test_of_a_response_time_every_statistic_means_something(statistic: str) -> None:
    assert _problem_of_response_time(statistic) is None


@pytest.mark.parametrize("statistic", ["p101", "p", "P95", "PR(0.2)", "Median", "average"])
def test_a_statistic_that_cloudwatch_does_not_have_is_a_problem(statistic: str) -> None:
    problem = _problem_of_response_time(statistic)
    assert problem is not None
    assert problem.startswith(
        f"has the statistic {statistic}; only Average, Maximum, Minimum, SampleCount, Sum, a perc"
    )
    assert "load-balancer-cloudwatch-metrics.html" in problem


def test_a_metric_of_cloudfront_has_the_region_global() -> None:
    def problem(region: str) -> str | None:
        return problem_of(
            namespace="AWS/CloudFront",
            name="5xxErrorRate",
            dimensions={"DistributionId": "${x}", "Region": region},
            statistic="Average",
        )

    assert problem("Global") is None
    assert str(problem("us-east-1")).startswith('has Region = "us-east-1"; its value must be "Global"')


def test_a_metric_of_an_application_is_not_in_the_table() -> None:
    assert problem_of(namespace="acme-prod/audit", name="anything", dimensions={}, statistic="Sum") is None


def _problem_of_response_time(statistic: str) -> str | None:
    return problem_of(
        namespace="AWS/ApplicationELB",
        name="TargetResponseTime",
        dimensions={"LoadBalancer": "x", "TargetGroup": "y"},
        statistic=statistic,
    )
