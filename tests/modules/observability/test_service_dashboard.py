"""The dashboard of the services shows what users notice, from the metrics of the alarms."""

from __future__ import annotations

import json
from typing import Any

from modules.observability.service_dashboard import ServiceDashboard
from tests.modules.service.parts import Parts
from tests.template import LABEL, Template


def widgets() -> dict[str, dict[str, Any]]:
    parts = Parts.make(strategy="blue_green")
    service = parts.service()
    ServiceDashboard(parts.stack, "dashboard", label=LABEL, services={"api": service})
    body = json.loads(Template.of(parts.stack).only("aws_cloudwatch_dashboard")["dashboard_body"])
    return {one["properties"]["title"]: one["properties"] for one in body["widgets"]}


def test_it_shows_how_full_the_tasks_of_each_service_are() -> None:
    found = widgets()
    for title, metric in (("CPU of all tasks", "CPUUtilization"), ("Memory of all tasks", "MemoryUtilization")):
        assert found[title]["metrics"] == [
            [
                "AWS/ECS",
                metric,
                "ClusterName",
                "${aws_ecs_cluster.cluster.name}",
                "ServiceName",
                "${aws_ecs_service.api.name}",
                {"stat": "Average", "period": 60, "label": "api"},
            ]
        ]
