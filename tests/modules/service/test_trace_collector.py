from __future__ import annotations

import json
from typing import Any

from tests.modules.service.parts import actions, policy, service_template


def test_tracing_adds_a_collector_that_is_not_essential() -> None:
    made = service_template(tracing=True)
    application, collector = json.loads(made.only("aws_ecs_task_definition")["container_definitions"])
    assert (application["essential"], collector["essential"]) == (True, False)
    assert "xray:PutTraceSegments" in actions(policy(made, "task-role"))
    environment = {variable["name"]: variable["value"] for variable in application["environment"]}
    assert environment["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://localhost:4318"


def test_the_collector_passes_questions_for_sampling_rules_on_and_the_application_asks_there() -> None:
    application, collector = containers()
    merged = [argument.removeprefix("--config=") for argument in collector["command"]]
    assert merged[0] == "/etc/ecs/ecs-xray.yaml"
    endpoint = merged[1].removeprefix("yaml:extensions::awsproxy::endpoint: ")
    assert merged[2] == "yaml:service::extensions: [health_check, awsproxy]"
    assert variables(application)["OTEL_TRACES_SAMPLER"] == "xray"
    assert variables(application)["OTEL_TRACES_SAMPLER_ARG"] == f"endpoint=http://{endpoint}"


def test_traces_have_the_name_of_the_environment_because_an_account_can_have_several() -> None:
    application, _ = containers()
    assert variables(application)["OTEL_SERVICE_NAME"] == "user-management-test-api"


def test_an_application_can_have_its_own_sampler() -> None:
    application, _ = containers(environment={"OTEL_TRACES_SAMPLER": "always_off"})
    assert variables(application)["OTEL_TRACES_SAMPLER"] == "always_off"


def containers(**changes: Any) -> list[dict[str, Any]]:
    made = service_template(tracing=True, **changes)
    found: list[dict[str, Any]] = json.loads(made.only("aws_ecs_task_definition")["container_definitions"])
    return found


def variables(container: dict[str, Any]) -> dict[str, str]:
    return {variable["name"]: variable["value"] for variable in container["environment"]}
