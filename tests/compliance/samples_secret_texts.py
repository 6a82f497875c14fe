"""Samples for the rules on secrets in texts: each place that has texts of people, and each form."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any, Final

from tests.compliance.samples import Sample, sample, stack

if TYPE_CHECKING:
    from synthesis.manifest import Stack

_TEXT, _CONTAINER = "text-has-no-secret", "container-gets-secrets-by-reference"
_ADDRESS: Final = "redis://:p4ss@cache:6379"
_REASON: Final = "a cache of the test"
_ENCODED: Final = base64.b64encode(f"url: {_ADDRESS}".encode()).decode()
_PLACES: Final[dict[str, dict[str, Any]]] = {
    "aws_cloudwatch_metric_alarm.a": {"alarm_description": "{}"},
    "aws_codebuild_project.a": {"source": {"buildspec": "env: {}"}},
    "aws_ssm_parameter.a": {"description": "{}"},
    "aws_sns_topic.a": {"tags": {"Owner": "{}"}},
    "aws_cloudwatch_dashboard.a": {"dashboard_body": '{{"markdown": "{}"}}'},
    "aws_s3_object.a": {"content": "{}"},
    "aws_synthetics_canary.a": {"run_config": {"environment_variables": {"TEXT": "{}"}}},
}


def _filled(arguments: Any, text: str) -> Any:
    if isinstance(arguments, dict):
        return {name: _filled(inner, text) for name, inner in arguments.items()}
    return arguments.format(text)


def _stack_with(section: str, text: str) -> Stack:
    blocks: dict[str, Any] = {section: {"a": {"x": text}}}
    return stack(**blocks)


def _task(*, is_file: bool = False, labels: tuple[str, ...] = (), **container: Any) -> dict[str, dict[str, Any]]:
    containers = [{**container, "dockerLabels": {f"not-secret.{name}": _REASON for name in labels}}]
    if is_file:
        return {"aws_s3_object.t": {"content": json.dumps({"containerDefinitions": containers})}}
    return {"aws_ecs_task_definition.t": {"container_definitions": json.dumps(containers)}}


def _variable(value: str) -> list[dict[str, str]]:
    return [{"name": "CACHE", "value": value}]


_CONTAINERS: Final[dict[str, dict[str, Any]]] = {
    "CACHE": {"environment": _variable(_ADDRESS)},
    "command[2]": {"command": ["app", "--cache", _ADDRESS]},
    "health_command[1]": {"healthCheck": {"command": ["CMD-SHELL", f"ping {_ADDRESS}"]}},
}

_RECEIVER: Final = {"endpoint": "https://api.example.com/sns?apiKey=0123456789abcdef", "topic_arn": "x"}

SAMPLES: list[Sample] = [
    sample(
        _TEXT,
        {"aws_sns_topic_subscription.a": _RECEIVER},
        {"aws_sns_topic_subscription.a": {**_RECEIVER, "filter_policy": _ADDRESS}},
        says="filter_policy contains an address with a password",
    ),
    *(
        sample(
            _TEXT,
            {address: _filled(arguments, "redis://cache:6379")},
            {address: _filled(arguments, text)},
            says="contains an address with a password",
        )
        for address, arguments in _PLACES.items()
        for text in (_ADDRESS, _ENCODED)
    ),
    *(
        Sample(
            rule=_TEXT,
            good=_stack_with(section, "redis://cache:6379"),
            bad=_stack_with(section, _ADDRESS),
            at=f"{section}.x",
            says="contains an address with a password",
        )
        for section in ("locals", "output", "variable", "module", "terraform")
    ),
    *(
        sample(
            _CONTAINER,
            _task(is_file=is_file, labels=(name,), **container),
            _task(is_file=is_file, labels=("OTHER",), **container),
            says=f"{name} contains an address with a password",
        )
        for name, container in _CONTAINERS.items()
        for is_file in (False, True)
    ),
    sample(
        _CONTAINER,
        _task(labels=("health_command[0]",), healthCheck={"command": ["CMD", _ADDRESS]}),
        _task(labels=("command[0]",), healthCheck={"command": ["CMD", _ADDRESS]}),
        says="health_command[1] contains an address with a password",
    ),
    sample(
        _CONTAINER,
        _task(labels=("MAPS_TOKEN",), environment=[{"name": "MAPS_TOKEN", "value": "pk"}]),
        _task(labels=("OTHER_TOKEN",), environment=[{"name": "MAPS_TOKEN", "value": "pk"}]),
        says="MAPS_TOKEN looks like a secret",
    ),
    sample(
        _CONTAINER,
        _task(environment=_variable("x"), image="registry.example.com/app"),
        _task(environment=_variable("x"), image="https://a:p4ss@registry.example.com/app"),
        says="image contains an address with a password",
    ),
]
