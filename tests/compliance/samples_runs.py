"""Samples for the rules on containers, runtimes, parameters, rotation, logs and availability."""

from __future__ import annotations

import json
from typing import Any

from tests.compliance.samples import changed, policy, sample, without

_CONTAINER: dict[str, Any] = {
    "name": "app",
    "readonlyRootFilesystem": True,
    "logConfiguration": {"logDriver": "awslogs", "options": {}},
}


def _task(container: dict[str, Any] | None = None, **arguments: object) -> dict[str, dict[str, Any]]:
    definitions = json.dumps([{**_CONTAINER, **(container or {})}])
    return {"aws_ecs_task_definition.app": {"container_definitions": definitions, **arguments}}


CONTAINERS = (
    sample(
        "container-is-not-privileged", _task(), _task({"privileged": True}), says="container_definitions.privileged"
    ),
    sample("container-is-not-privileged", _task(), _task({"Privileged": "true"}), says="Privileged is on"),
    sample(
        "container-is-not-privileged",
        _task({"linuxParameters": {"capabilities": {"drop": ["ALL"]}}}),
        _task({"linuxParameters": {"capabilities": {"add": ["CAP_SYS_ADMIN"]}}}),
        says="has SYS_ADMIN",
    ),
    sample(
        "container-is-not-privileged",
        {"aws_batch_job_definition.one": {"container_properties": '{"privileged": false}'}},
        {"aws_batch_job_definition.one": {"container_properties": '{"privileged": true}'}},
        says="container_properties.privileged is on",
    ),
    sample(
        "container-is-not-privileged",
        {"aws_s3_object.file": {"content": '{"containerDefinitions": [{}]}'}},
        {"aws_s3_object.file": {"content": '{"containerDefinitions": [{"privileged": true}]}'}},
        says="content.containerDefinitions.privileged is on",
    ),
    sample("container-shares-nothing-with-its-host", _task(pid_mode="task"), _task(pid_mode="host"), says="pid_mode"),
    sample(
        "container-shares-nothing-with-its-host",
        {"aws_s3_object.file": {"content": '{"pidMode": "task"}'}},
        {"aws_s3_object.file": {"content": '{"pidMode": "host"}'}},
        says="pidMode is host",
    ),
    sample(
        "container-shares-nothing-with-its-host",
        _task(volume=[{"name": "tmp"}]),
        _task(volume=[{"name": "socket", "host_path": "/var/run/docker.sock"}]),
        says="a folder of the host",
    ),
    sample("container-has-a-log", _task(), _task({"logConfiguration": None}), says="app has no logConfiguration"),
    sample(
        "container-has-a-log",
        _task({"LogConfiguration": {"LogDriver": "awsfirelens"}}),
        _task({"logConfiguration": {"logDriver": "none"}}),
        says="app has no logConfiguration",
    ),
    sample(
        "container-cannot-write-its-root",
        _task(),
        _task({"readonlyRootFilesystem": False}),
        says="readonlyRootFilesystem",
    ),
)

_GROUP: dict[str, dict[str, Any]] = {
    "aws_db_instance.one": {"engine": "postgres", "parameter_group_name": "${aws_db_parameter_group.one.name}"},
    "aws_db_parameter_group.one": {
        "parameter": [
            {"name": "rds.force_ssl", "value": "1"},
            {"name": "log_min_duration_statement", "value": "500"},
            {"name": "pgaudit.log", "value": "ddl"},
        ]
    },
}
_DOCUMENTS: dict[str, dict[str, Any]] = {
    "aws_docdb_cluster.one": {
        "db_cluster_parameter_group_name": "${aws_docdb_cluster_parameter_group.one.name}",
        "enabled_cloudwatch_logs_exports": ["audit", "profiler"],
    },
    "aws_docdb_cluster_parameter_group.one": {
        "parameter": [{"name": "audit_logs", "value": "enabled"}, {"name": "profiler", "value": "enabled"}]
    },
}


def _parameters(group: dict[str, dict[str, Any]], address: str, **values: str) -> dict[str, dict[str, Any]]:
    given = {each["name"]: each["value"] for each in group[address]["parameter"]}
    new = given | {name.replace("__", "."): value for name, value in values.items()}
    return changed(group, address, parameter=[{"name": name, "value": value} for name, value in new.items()])


_IN_GROUP = "aws_db_parameter_group.one"
PARAMETERS = (
    sample(
        "database-requires-tls",
        _GROUP,
        _parameters(_GROUP, _IN_GROUP, rds__force_ssl="1", ssl_min_protocol_version="TLSv1"),
        says="ssl_min_protocol_version is TLSv1",
    ),
    sample(
        "database-requires-tls", _GROUP, _parameters(_GROUP, _IN_GROUP, rds__force_ssl="0"), says="rds.force_ssl is off"
    ),
    sample(
        "database-requires-tls",
        _GROUP,
        changed(_GROUP, "aws_db_instance.one", parameter_group_name=None),
        says="has no parameter group",
    ),
    sample(
        "database-requires-tls",
        _DOCUMENTS,
        _parameters(_DOCUMENTS, "aws_docdb_cluster_parameter_group.one", tls="disabled"),
        says="tls is off",
    ),
    sample(
        "database-logs-its-queries",
        _GROUP,
        _parameters(_GROUP, _IN_GROUP, log_min_duration_statement="-1"),
        says="does not set log_min_duration_statement",
    ),
    sample(
        "database-logs-its-queries", _GROUP, _parameters(_GROUP, _IN_GROUP, pgaudit__log="none"), says="changes are not"
    ),
    sample(
        "database-logs-its-queries",
        _DOCUMENTS,
        _parameters(_DOCUMENTS, "aws_docdb_cluster_parameter_group.one", audit_logs="disabled"),
        says="audit_logs",
    ),
)

_SECRET: dict[str, dict[str, Any]] = {
    "aws_secretsmanager_secret.one": {"name": "one"},
    "aws_secretsmanager_secret_rotation.one": {
        "secret_id": "${aws_secretsmanager_secret.one.id}",
        "rotation_rules": {"automatically_after_days": 30},
    },
}
_SCHEDULED: dict[str, dict[str, Any]] = {
    "aws_secretsmanager_secret.one": {"name": "acme/one"},
    "aws_iam_role.one": {},
    "aws_iam_role_policy.one": {
        "role": "${aws_iam_role.one.id}",
        "policy": policy(
            {
                "Effect": "Allow",
                "Action": "secretsmanager:PutSecretValue",
                "Resource": "arn:aws:secretsmanager:us-east-1:444444444444:secret:acme/*-??????",
            }
        ),
    },
    "aws_lambda_function.one": {"role": "${aws_iam_role.one.arn}", "runtime": "python3.13"},
    "aws_scheduler_schedule.one": {
        "schedule_expression": "rate(30 days)",
        "target": {"arn": "${aws_lambda_function.one.arn}"},
    },
}
SECRETS = (
    sample("secret-rotates", _SECRET, without(_SECRET, "aws_secretsmanager_secret_rotation.one"), says="has no aws_"),
    sample(
        "secret-rotates",
        _SECRET,
        changed(_SECRET, "aws_secretsmanager_secret_rotation.one", rotation_rules=[{"automatically_after_days": 400}]),
        at="aws_secretsmanager_secret_rotation.one",
        says="rotates every 400 days",
    ),
    sample(
        "secret-rotates",
        _SCHEDULED,
        changed(_SCHEDULED, "aws_scheduler_schedule.one", schedule_expression="rate(365 days)"),
        says="no function on a schedule",
    ),
    sample(
        "secret-rotates",
        _SCHEDULED,
        changed(_SCHEDULED, "aws_scheduler_schedule.one", state="DISABLED"),
        says="no function on a schedule",
    ),
    sample(
        "function-has-a-supported-runtime",
        {"aws_lambda_function.one": {"runtime": "provided.al2023"}, "aws_lambda_function.image": {}},
        {"aws_lambda_function.one": {"runtime": "python3.8"}},
        says="AWS supports python3.8 until 2024-10-14 only",
    ),
    sample(
        "function-has-a-supported-runtime",
        {"aws_lambda_layer_version.one": {"compatible_runtimes": ["provided.al2023"]}},
        {"aws_lambda_layer_version.one": {"compatible_runtimes": ["provided.al2023", "python9.9"]}},
        says="is not a known runtime",
    ),
)

_BALANCER: dict[str, dict[str, Any]] = {"aws_lb.one": {"access_logs": {"bucket": "logs", "enabled": True}}}
_CLUSTER: dict[str, dict[str, Any]] = {
    "aws_ecs_cluster.one": {
        "configuration": {"execute_command_configuration": {"logging": "OVERRIDE", "kms_key_id": "k"}}
    }
}
LOGS = (
    sample("service-writes-its-log", _BALANCER, {"aws_lb.one": {}}, says="nothing is logged"),
    sample(
        "service-writes-its-log",
        _BALANCER,
        {"aws_lb.one": {"access_logs": {"bucket": "logs", "enabled": False}}},
        says="access_logs is switched off",
    ),
    sample(
        "service-writes-its-log", _BALANCER, {"aws_lb.one": {"access_logs": {"bucket": "logs"}}}, says="default is off"
    ),
    sample(
        "database-writes-every-log",
        _DOCUMENTS,
        changed(_DOCUMENTS, "aws_docdb_cluster.one", enabled_cloudwatch_logs_exports=["profiler"]),
        says="does not send its log audit",
    ),
    sample(
        "sessions-in-containers-are-logged",
        _CLUSTER,
        {"aws_ecs_cluster.one": {"configuration": {"execute_command_configuration": {"logging": "NONE"}}}},
        says="logging is NONE",
    ),
)

SAMPLES = (*CONTAINERS, *PARAMETERS, *SECRETS, *LOGS)
