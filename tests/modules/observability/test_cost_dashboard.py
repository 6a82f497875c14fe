"""The dashboard of the cost shows the account's charges and what drives those of the environment."""

from __future__ import annotations

from typing import Any

from modules.network.nat_gateway_alarms import NatGatewayMetrics
from modules.observability.cost_dashboard import CostDashboard
from tests.modules.observability.bodies import labels, metric_names, properties_in
from tests.modules.service.parts import Parts, cluster_settings
from tests.template import LABEL

MONTH = "US dollars, month to date"


def widgets(*, monthly_usd: int | None = None, insights: str = "enabled") -> dict[str, dict[str, Any]]:
    parts = Parts.make(cluster=cluster_settings(container_insights=insights))
    service = parts.service()
    CostDashboard(
        parts.stack,
        "dashboard",
        label=LABEL,
        services={"api": service},
        load_balancer=parts.load_balancer,
        nat_gateways={"a": NatGatewayMetrics(gateway_id="nat-a", region="us-east-1")},
        monthly_usd=monthly_usd,
    )
    return properties_in(parts.stack)


def test_the_charges_are_those_of_the_account_in_us_east_1() -> None:
    found = widgets()
    for title in ("US dollars this month", MONTH):
        assert found[title]["metrics"] == [
            [
                "AWS/Billing",
                "EstimatedCharges",
                "Currency",
                "USD",
                {"stat": "Maximum", "period": 21_600, "label": "account"},
            ]
        ]
        assert found[title]["region"] == "us-east-1"
    assert found[MONTH]["start"] == "-P31D"


def test_the_services_of_aws_are_found_by_a_search() -> None:
    (row,) = widgets()["US dollars by service, month to date"]["metrics"]
    assert row[0]["expression"] == (
        "SEARCH('{AWS/Billing,Currency,ServiceName} MetricName=\"EstimatedCharges\"', 'Maximum', 21600)"
    )


def test_the_budget_is_a_line() -> None:
    assert widgets(monthly_usd=495)[MONTH]["annotations"] == {"horizontal": [{"value": 495, "label": "budget"}]}
    assert "annotations" not in widgets()[MONTH]


def test_what_drives_the_cost_is_there_without_billing_alerts() -> None:
    found = widgets()
    assert metric_names(found["Running tasks"]) == {"RunningTaskCount"}
    assert metric_names(found["Capacity units of the load balancer, a minute"]) == {"ConsumedLCUs"}
    assert metric_names(found["Bytes through NAT gateways"]) == {"BytesOutToDestination"}
    assert labels(found["Bytes through NAT gateways"]) == ["a"]


def test_without_container_insights_nothing_counts_the_tasks() -> None:
    assert "Running tasks" not in widgets(insights="disabled")
