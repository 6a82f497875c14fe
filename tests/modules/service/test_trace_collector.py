from __future__ import annotations

import json

from tests.modules.service.parts import actions, policy, service_template


def test_tracing_adds_a_collector_that_is_not_essential() -> None:
    made = service_template(tracing=True)
    application, collector = json.loads(made.only("aws_ecs_task_definition")["container_definitions"])
    assert (application["essential"], collector["essential"]) == (True, False)
    assert "xray:PutTraceSegments" in actions(policy(made, "task-role"))
    environment = {variable["name"]: variable["value"] for variable in application["environment"]}
    assert environment["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://localhost:4318"
