"""The container beside an application that sends its traces to X-Ray."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from config.containers import COLLECTOR_CPU_UNITS, COLLECTOR_MIB
from modules.policy import Statement
from modules.service.task_definition import Container

if TYPE_CHECKING:
    from modules.service.task_definition import LogDestination

# Fargate stops the collector after the application, so that it can still send the last traces.
_STOP_SECONDS: Final = 10

# X-Ray has no resource ARNs:
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
SEND_TRACES: Final = Statement(
    actions=(
        "xray:GetSamplingRules",
        "xray:GetSamplingStatisticSummaries",
        "xray:GetSamplingTargets",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
    ),
    resources=("*",),
)
"""What the task's role needs, which the collector uses."""


def collector(image: str, logs: LogDestination) -> Container:
    """The AWS Distro for OpenTelemetry, which receives traces on localhost."""
    return Container(
        name="collector",
        image=image,
        user=None,
        cpu_units=COLLECTOR_CPU_UNITS,
        # A leak stops the collector, not the application.
        memory_mib=COLLECTOR_MIB,
        reserved_memory_mib=COLLECTOR_MIB // 2,
        logs=logs,
        essential=False,  # if the collector fails, the application must continue
        command=("--config=/etc/ecs/ecs-xray.yaml",),
        stop_seconds=_STOP_SECONDS,
        environment={},
        secrets={},
        volumes={},
    )


def trace_environment(service: str) -> dict[str, str]:
    """Variables of the application that make an OpenTelemetry SDK send to the collector."""
    # Names from the OpenTelemetry specification: https://opentelemetry.io/docs/specs/otel/protocol/exporter/
    return {
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        "OTEL_SERVICE_NAME": service,
    }
