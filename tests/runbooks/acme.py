"""An environment in as little JSON as a template needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.outputs import identity, write_stack

if TYPE_CHECKING:
    from pathlib import Path

ACCOUNT = "444444444444"
ABSENCE = "Gone. Runbook: docs/runbooks.md#service-absence"
RECEIVER = {"endpoint": "on-call@example.com"}


def stack(folder: Path, name: str, *, layer: str = "", environment: str = "dev", **document: Any) -> None:
    """Add a stack; `resource` is by type and name."""
    fields = {"region": "eu-west-1", **document.pop("metadata", {})}
    content = {
        "//": {"metadata": identity(environment=environment, layer=layer or name, name=name, **fields)},
        "provider": {"aws": [{"region": fields["region"], "allowed_account_ids": [ACCOUNT]}]},
        **document,
    }
    write_stack(folder, f"{environment}-{name}", document=content, environment=environment)


def environment(folder: Path, name: str = "dev") -> None:
    """The stacks of an environment: a database, two services, an alarm, receivers, and copies in a second region."""
    stack(folder, "state", environment=name, metadata={"protect_data": True})
    stack(
        folder,
        "data",
        environment=name,
        resource={
            "aws_db_instance": {"postgres": {"identifier": f"acme-{name}-postgres", "multi_az": True}},
            "aws_s3_bucket": {"backups_1A2B3C4D": {"bucket": f"acme-{name}-backups"}},
            "aws_backup_plan": {"plan": {"name": "plan", "rule": [{"lifecycle": {"delete_after": 7}}]}},
            "aws_ssm_parameter": {"host": {"name": "host", "value": "${aws_db_instance.postgres.address}"}},
        },
        output={
            "bucket": {"value": "${aws_s3_bucket.backups_1A2B3C4D.id}"},
            "host": {"value": "${aws_db_instance.postgres.address}"},
        },
    )
    stack(
        folder,
        "service",
        environment=name,
        resource={
            "aws_ecs_service": {
                "web-service_0A0A0A0A": {"name": f"acme-{name}-web"},
                "api-service": {"name": f"acme-{name}-api"},
            },
            "aws_cloudwatch_metric_alarm": {
                "absence": {
                    "alarm_name": f"acme-{name}-api-absence",
                    "alarm_description": ABSENCE,
                },
                "cpu": {
                    "alarm_name": f"acme-{name}-web-absence",
                    "alarm_description": ABSENCE,
                },
            },
        },
    )
    stack(
        folder,
        "notifications",
        environment=name,
        resource={
            "aws_sns_topic_subscription": {"topics_critical_email-1_AAAAAAAA": {"endpoint": "on-call@example.com"}}
        },
    )
    stack(folder, "recovery", environment=name)
    stack(folder, "recovery-eu-north-1", layer="recovery", environment=name, metadata={"region": "eu-north-1"})
