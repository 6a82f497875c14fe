"""Log groups: AWS services create those that are missing, without a retention, so that logs are kept for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance.policies import many
from compliance.references import of_same_environment
from compliance.rule import Finding, rule_with_others
from compliance.task_definitions import task_definitions
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from synthesis.manifest import Stack
    from synthesis.template import Resource

# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Procedural.UploadtoCloudWatch.html
# https://docs.aws.amazon.com/documentdb/latest/developerguide/event-auditing.html
_EXPORTS: Final = {
    "aws_db_instance": ("identifier", "/aws/rds/instance/{name}/{export}"),
    "aws_rds_cluster": ("cluster_identifier", "/aws/rds/cluster/{name}/{export}"),
    "aws_docdb_cluster": ("cluster_identifier", "/aws/docdb/{name}/{export}"),
}
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.monitoring.html
_PROXY: Final = "/aws/rds/proxy/{name}"
# https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
_FUNCTION: Final = "/aws/lambda/{name}"
# https://docs.aws.amazon.com/codebuild/latest/userguide/change-project.html (logs)
_PROJECT: Final = "/aws/codebuild/{name}"
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-reference-performance-logs-ECS.html
_INSIGHTS: Final = "/aws/ecs/containerinsights/{name}/performance"


@rule_with_others
def logs_have_a_group(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """What logs by a name of AWS's choice, or to a group that it names, has that group in the environment's JSON.

    RDS's enhanced monitoring is left out: it has one group for the whole account, whose retention RDS sets to 30 days
    (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.CloudWatchLogs.html).
    """
    groups = [
        group
        for other in of_same_environment(stack, stacks)
        if other.region == stack.region
        for group in other.all("aws_cloudwatch_log_group")
    ]
    names = {str(group.get("name")) for group in groups}
    for resource, name in (*_named_groups(stack), *_groups_of_exports(stack), *_groups_of_tasks(stack)):
        if name not in names and not any(group.is_referred_to_by(name) for group in groups):
            yield Finding.about(resource, f"logs to {name}, and no aws_cloudwatch_log_group of {stack.region} has it")
    for canary in stack.all("aws_synthetics_canary"):
        if not any(canary.is_referred_to_by(group.get("name")) for group in groups):
            yield Finding.about(canary, "no aws_cloudwatch_log_group has the name of its function, by its engine_arn")


def _named_groups(stack: Stack) -> Iterator[tuple[Resource, str]]:
    for function in stack.all("aws_lambda_function"):
        chosen = function.block("logging_config").get("log_group")
        yield function, str(chosen or _FUNCTION.format(name=function.get("function_name")))
    for proxy in stack.all("aws_db_proxy"):
        yield proxy, _PROXY.format(name=proxy.get("name"))
    for project in stack.all("aws_codebuild_project"):
        logs = project.block("logs_config", "cloudwatch_logs")
        if logs.get("status") != "DISABLED":
            yield project, str(logs.get("group_name") or _PROJECT.format(name=project.get("name")))
    for cluster in stack.all("aws_ecs_cluster"):
        for setting in blocks(cluster.get("setting")):
            if setting.get("name") == "containerInsights" and setting.get("value") != "disabled":
                yield cluster, _INSIGHTS.format(name=cluster.get("name"))


def _groups_of_exports(stack: Stack) -> Iterator[tuple[Resource, str]]:
    for kind, (argument, pattern) in _EXPORTS.items():
        for database in stack.all(kind):
            for export in many(database.get("enabled_cloudwatch_logs_exports")):
                yield database, pattern.format(name=database.get(argument), export=export)


def _groups_of_tasks(stack: Stack) -> Iterator[tuple[Resource, str]]:
    for resource, containers in task_definitions(stack):
        for container in containers:
            configuration = container.get("logConfiguration") or {}
            if configuration.get("logDriver") == "awslogs":
                yield resource, str((configuration.get("options") or {}).get("awslogs-group"))
