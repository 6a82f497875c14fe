"""Route 53 query logging: moto does not look for the policy that lets Route 53 write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from moto.logs.models import logs_backends

from emulator.arns import parse_arn
from emulator.errors import AwsError
from emulator.policy import as_list, matches_pattern, statements
from emulator.registry import Context, guard

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.store import Shape

_REGION: Final = "us-east-1"
_PRINCIPAL: Final = "route53.amazonaws.com"
_ACTIONS: Final = ("logs:CreateLogStream", "logs:PutLogEvents")


@guard("route53", "CreateQueryLoggingConfig")
def refuse_without_policy(params: Shape, context: Context) -> None:
    """Refuse a log group to which no resource policy of CloudWatch Logs in us-east-1 admits Route 53.

    https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateQueryLoggingConfig.html
    The message: https://github.com/aws-samples/aws-secure-environment-accelerator/issues/916
    """
    group = params["CloudWatchLogsLogGroupArn"].removesuffix(":*")
    arn = parse_arn(group)
    if arn is None or (arn.service, arn.region, arn.account) != ("logs", _REGION, context.account):
        message = "The ARN for the CloudWatch Logs log group is invalid"
        raise AwsError(code="InvalidInput", message=message)
    policies = context.backend(logs_backends, _REGION).resource_policies.values()
    found = [statement for policy in policies for statement in statements(policy.policy_document)]
    if not all(any(_allows(statement, action, group) for statement in found) for action in _ACTIONS):
        raise AwsError(
            code="InsufficientCloudWatchLogsResourcePolicy",
            message=(
                "The resource policy that you're using for Route 53 query logging doesn't grant Route 53 sufficient "
                "permission to create a log stream in the specified log group."
            ),
        )


def _allows(statement: Mapping[str, Any], action: str, group: str) -> bool:
    """Return whether a statement allows Route 53 the action on the group; conditions are not evaluated."""
    principal = statement.get("Principal")
    services = as_list(principal.get("Service")) if isinstance(principal, dict) else [principal]
    return (
        statement["Effect"] == "Allow"
        and bool({_PRINCIPAL, "*"} & set(services))
        and any(matches_pattern(one.lower(), action.lower()) for one in as_list(statement.get("Action", [])))
        and any(
            matches_pattern(one, text)
            for one in as_list(statement.get("Resource", []))
            for text in (group, f"{group}:log-stream:stream")
        )
    )
