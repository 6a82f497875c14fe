"""The widgets of a dashboard under test."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from emulator.services.cloudwatch.dashboard_body import body_problems
from tests.template import Template

if TYPE_CHECKING:
    from cdktf import TerraformStack

REFERENCE = "${aws"
ARN = "arn:aws:cloudwatch:us-east-1:444444444444:alarm:of-a-reference"


def properties_in(stack: TerraformStack) -> dict[str, dict[str, Any]]:
    """The properties of each widget by its title, after a check of the whole body; a text has an empty title."""
    text = Template.of(stack).only("aws_cloudwatch_dashboard")["dashboard_body"]
    body = json.loads(text)
    assert list(body_problems(with_values(body))) == []
    titles = [one["properties"].get("title", "") for one in body["widgets"]]
    assert len(set(titles)) == len(titles)
    return {title: one["properties"] for title, one in zip(titles, body["widgets"], strict=True)}


def with_values(node: Any) -> Any:
    """The body as Terraform writes it, with a value for each reference to an ARN."""
    if isinstance(node, dict):
        return {name: with_values(value) for name, value in node.items()}
    if isinstance(node, list):
        return [with_values(value) for value in node]
    return ARN if isinstance(node, str) and node.startswith("${") and node.endswith("arn}") else node


def metric_names(properties: dict[str, Any]) -> set[str]:
    """The names of the metrics of a widget."""
    return {row[1] for row in properties["metrics"] if isinstance(row[0], str)}


def labels(properties: dict[str, Any]) -> list[str]:
    """The labels of what a widget shows."""
    return [row[-1]["label"] for row in properties["metrics"] if row[-1].get("visible", True)]
