"""Samples for the rule on the log groups that AWS services would create themselves."""

from __future__ import annotations

import json
from typing import Any

from tests.compliance.samples import Sample, sample, stack

FUNCTION = 'element(split(":", aws_synthetics_canary.site.engine_arn), 6)'
CANARY: dict[str, dict[str, Any]] = {
    "aws_synthetics_canary.site": {"name": "acme-test-site"},
    "aws_cloudwatch_log_group.site": {"name": f"/aws/lambda/${{{FUNCTION}}}"},
}


def _group(name: str) -> dict[str, dict[str, Any]]:
    return {"aws_cloudwatch_log_group.logs": {"name": name}}


def _task(group: str) -> dict[str, Any]:
    log = {"logDriver": "awslogs", "options": {"awslogs-group": group}}
    return {"container_definitions": json.dumps([{"name": "api", "logConfiguration": log}])}


def _samples() -> tuple[Sample, ...]:
    cases: tuple[tuple[str, dict[str, Any], str], ...] = (
        ("aws_lambda_function.one", {"function_name": "one"}, "/aws/lambda/one"),
        (
            "aws_lambda_function.one",
            {"function_name": "one", "logging_config": {"log_group": "/acme/one"}},
            "/acme/one",
        ),
        (
            "aws_db_instance.one",
            {"identifier": "one", "enabled_cloudwatch_logs_exports": ["postgresql"]},
            "/aws/rds/instance/one/postgresql",
        ),
        (
            "aws_docdb_cluster.one",
            {"cluster_identifier": "one", "enabled_cloudwatch_logs_exports": ["audit"]},
            "/aws/docdb/one/audit",
        ),
        (
            "aws_rds_cluster.one",
            {"cluster_identifier": "one", "enabled_cloudwatch_logs_exports": ["postgresql"]},
            "/aws/rds/cluster/one/postgresql",
        ),
        ("aws_db_proxy.one", {"name": "one"}, "/aws/rds/proxy/one"),
        ("aws_codebuild_project.one", {"name": "one"}, "/aws/codebuild/one"),
        (
            "aws_ecs_cluster.one",
            {"name": "one", "setting": [{"name": "containerInsights", "value": "enhanced"}]},
            "/aws/ecs/containerinsights/one/performance",
        ),
        ("aws_ecs_task_definition.one", _task("/acme/api"), "/acme/api"),
    )
    return tuple(
        sample(
            "logs-have-a-group",
            good={address: arguments, **_group(name)},
            bad={address: arguments, **_group("/acme/another")},
            at=address,
            says=f"logs to {name}, and no aws_cloudwatch_log_group",
        )
        for address, arguments, name in cases
    )


SAMPLES = (
    *_samples(),
    sample(
        "logs-have-a-group",
        good=CANARY,
        bad={**CANARY, "aws_cloudwatch_log_group.site": {"name": "/aws/lambda/cwsyn-acme-test-site-1"}},
        at="aws_synthetics_canary.site",
        says="by its engine_arn",
    ),
    Sample(
        rule="logs-have-a-group",
        good=stack({"aws_lambda_function.one": {"function_name": "one"}}, region="us-east-1"),
        bad=stack({"aws_lambda_function.one": {"function_name": "one"}}, region="eu-west-1"),
        at="aws_lambda_function.one",
        says="of eu-west-1",
        others=(stack(_group("/aws/lambda/one"), layer="logs", region="us-east-1"),),
    ),
    sample(
        "logs-have-a-group",
        good={
            "aws_codebuild_project.one": {"name": "one", "logs_config": {"cloudwatch_logs": {"status": "DISABLED"}}},
            "aws_ecs_cluster.one": {"name": "one", "setting": [{"name": "containerInsights", "value": "disabled"}]},
            "aws_lambda_function.one": {
                "function_name": "one",
                "logging_config": {"log_group": "${aws_cloudwatch_log_group.logs.name}"},
            },
            **_group("/acme/one"),
        },
        bad={"aws_lambda_function.one": {"function_name": "one"}},
        at="aws_lambda_function.one",
        says="/aws/lambda/one",
    ),
)
