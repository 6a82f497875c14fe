"""Logs of services: what can log its requests, queries and changes does so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from compliance.arguments import at, is_off, is_on, is_set, walk
from compliance.rule import Finding, rule
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthesis.manifest import Stack

_REQUIRED: Final = {
    "aws_api_gateway_stage": "access_log_settings.destination_arn",
    "aws_apigatewayv2_stage": "access_log_settings.destination_arn",
    "aws_docdb_cluster": "enabled_cloudwatch_logs_exports",
    "aws_eks_cluster": "enabled_cluster_log_types",
    "aws_elb": "access_logs.bucket",
    "aws_lb": "access_logs.bucket",
    "aws_neptune_cluster": "enable_cloudwatch_logs_exports",
    "aws_rds_cluster": "enabled_cloudwatch_logs_exports",
    "aws_db_instance": "enabled_cloudwatch_logs_exports",
    "aws_elasticsearch_domain": "log_publishing_options.cloudwatch_log_group_arn",
    "aws_opensearch_domain": "log_publishing_options.cloudwatch_log_group_arn",
    "aws_mq_broker": "logs.general",
    "aws_msk_cluster": "logging_info",
    "aws_sfn_state_machine": "logging_configuration.level",
}
"""Types and the argument without which AWS writes no log of what they do."""
_LOGS: Final = {
    "postgres": ("postgresql",),
    "docdb": ("audit", "profiler"),
    "neptune": ("audit",),
    "mysql": ("error", "slowquery"),
    "mariadb": ("error", "slowquery"),
}
"""The logs of an engine that say who did what, and what was slow."""
_LOG_BLOCKS: Final = ("access_logs", "connection_logs", "access_log", "cloudwatch_logs", "logging_config")
_WRITTEN: Final = ("enabled", "status")
_SESSIONS: Final = "configuration.execute_command_configuration"


@rule
def service_writes_its_log(stack: Stack) -> Iterator[Finding]:
    """Load balancers, databases, clusters, domains and gateways write their logs."""
    for resource in stack.all():
        argument = _REQUIRED.get(resource.kind)
        is_replica = resource.get("replicate_source_db") is not None
        if argument and not is_replica and not any(map(is_on, at(resource.arguments, argument))):
            yield Finding.about(resource, f"{argument} is not set, so nothing is logged")
        for path, name, value in walk(dict(resource.arguments)):
            if name in _LOG_BLOCKS and any(map(_is_switched_off, blocks(value))):
                yield Finding.about(resource, f"{path} is switched off")
    for balancer in stack.all("aws_lb"):
        if any(block.get("enabled") is None for block in blocks(balancer.get("access_logs"))):
            yield Finding.about(balancer, "access_logs.enabled is not set, and the default is off")


@rule
def database_writes_every_log(stack: Stack) -> Iterator[Finding]:
    """A database sends the logs to CloudWatch that say who did what and what was slow."""
    for kind in ("aws_db_instance", "aws_rds_cluster", "aws_docdb_cluster", "aws_neptune_cluster"):
        for database in stack.all(kind):
            default = {"aws_docdb_cluster": "docdb", "aws_neptune_cluster": "neptune"}.get(kind, "")
            engine = str(database.get("engine") or default).removeprefix("aurora-").replace("postgresql", "postgres")
            exports = database.get("enabled_cloudwatch_logs_exports") or database.get("enable_cloudwatch_logs_exports")
            exported = set(map(str, exports if isinstance(exports, list) else [exports]))
            missing = [one for one in _LOGS.get(engine, ()) if one not in exported and not _is_unknown(exports)]
            if missing and database.get("replicate_source_db") is None:
                yield Finding.about(database, f"does not send its log {', '.join(missing)} to CloudWatch")


@rule
def sessions_in_containers_are_logged(stack: Stack) -> Iterator[Finding]:
    """What a person does in a container is encrypted and logged (ECS Exec)."""
    for cluster in stack.all("aws_ecs_cluster"):
        settings = cluster.block(*_SESSIONS.split("."))
        logging = settings.get("logging")
        if logging is None or is_off(logging):
            yield Finding.about(cluster, f"{_SESSIONS}.logging is {logging or 'not set'}; use OVERRIDE or DEFAULT")
        if not is_set(settings.get("kms_key_id")):
            yield Finding.about(cluster, f"{_SESSIONS}.kms_key_id is not set")


def _is_switched_off(block: Mapping[str, Any]) -> bool:
    return any(is_off(block.get(one)) for one in _WRITTEN if is_set(block.get(one)))


def _is_unknown(value: object) -> bool:
    return isinstance(value, str) and "${" in value
