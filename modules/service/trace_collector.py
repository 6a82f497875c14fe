"""The container beside an application that sends its traces to X-Ray."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from config.containers import COLLECTOR_CPU_UNITS, COLLECTOR_MIB
from modules.label import Label, NameLimit
from modules.policy import Statement
from modules.service.task_definition import Container

if TYPE_CHECKING:
    from modules.service.task_definition import LogDestination

# Fargate stops the collector after the application, so that it can still send the last traces.
_STOP_SECONDS: Final = 10
_SAMPLING: Final = "localhost:2000"
"""Where the collector passes requests for sampling rules on to X-Ray."""

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
        command=(
            "--config=/etc/ecs/ecs-xray.yaml",
            # The image's file has no way to X-Ray's sampling rules. A later configuration is merged into it:
            # https://opentelemetry.io/docs/collector/configuration/
            # https://aws-otel.github.io/docs/getting-started/remote-sampling/
            f"--config=yaml:extensions::awsproxy::endpoint: {_SAMPLING}",
            "--config=yaml:service::extensions: [health_check, awsproxy]",
        ),
        stop_seconds=_STOP_SECONDS,
        environment={},
        secrets={},
        volumes={},
    )


def trace_environment(service: str) -> dict[str, str]:
    """Variables of the application that make an OpenTelemetry SDK send to the collector, and sample as X-Ray says.

    Args:
        service: The name under which its traces are shown, unique in the account: sampling rules match it.
    """
    # Names from the OpenTelemetry specification: https://opentelemetry.io/docs/specs/otel/protocol/exporter/
    # The sampler is one of AWS's distributions; an SDK that does not know it records all requests:
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Application-Signals-SampleRate.html
    return {
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        "OTEL_SERVICE_NAME": service,
        "OTEL_TRACES_SAMPLER": "xray",
        "OTEL_TRACES_SAMPLER_ARG": f"endpoint=http://{_SAMPLING}",
    }


def traced_name(label: Label, service: str) -> str:
    """The name of a service in its traces."""
    return label.name(service, limit=NameLimit.TRACED_SERVICE)
