"""Alarms of databases in a stack of their own, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modules.data.database_alarm import Subject
from tests.modules.topics import topics_in
from tests.template import LABEL, Template

if TYPE_CHECKING:
    from cdktf import TerraformStack

REGION = LABEL.region
GIB = 1024**3
PREFIX = f"{LABEL.prefix}-db-"


def subject_in(stack: TerraformStack) -> Subject:
    """A database whose alarms notify topics of the stack."""
    return Subject(name="db", what="The database", label=LABEL, topics=topics_in(stack))


def alarms_of(stack: TerraformStack) -> dict[str, dict[str, Any]]:
    """The alarms of the stack, by the end of their name."""
    found = Template.of(stack).all("aws_cloudwatch_metric_alarm").values()
    return {alarm["alarm_name"].removeprefix(PREFIX): alarm for alarm in found}


def severities(alarms: dict[str, dict[str, Any]]) -> dict[str, set[str]]:
    """The names of the alarms of each severity."""
    return {
        severity: {name for name, alarm in alarms.items() if alarm["tags"]["Severity"] == severity}
        for severity in ("critical", "warning")
    }
