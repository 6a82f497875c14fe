"""The ARNs that a policy names, as far as they are known before their resources exist, and which kinds they can be."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from compliance.references import referred

if TYPE_CHECKING:
    from collections.abc import Mapping

    from synthesis.manifest import Stack

_REFERENCE: Final = re.compile(r"\$\{[^{}]*\}")
_PARTS: Final = 6
_VARIABLE: Final = re.compile(r"\$\{(?P<name>\w+)\}")
_NO_SLASH: Final = frozenset({"BucketName"})
"""Variables of AWS's ARNs whose values never have a slash, so that a bucket differs from its objects.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
"""
_TEXT, _NAME, _CHARACTER = "*", "<", "?"
"""Any text; any text without a slash, which only the kinds have; one character."""
_MANY: Final = (_TEXT, _NAME)
_X: Final = "x"
"""What stands for a name that is not known."""

KINDS: Final[Mapping[str, str]] = {
    "aws_appautoscaling_target": "application-autoscaling:x:x:scalable-target/x",
    "aws_cloudfront_distribution": "cloudfront::x:distribution/x",
    "aws_cloudwatch_log_group": "logs:x:x:log-group:x",
    "aws_codebuild_project": "codebuild:x:x:project/x",
    "aws_codebuild_report_group": "codebuild:x:x:report-group/x",
    "aws_codedeploy_app": "codedeploy:x:x:application:x",
    "aws_codedeploy_deployment_group": "codedeploy:x:x:deploymentgroup:x/x",
    "aws_codepipeline": "codepipeline:x:x:x",
    # codestar-connections or, for a newer one, codeconnections: a policy has the actions of both.
    # https://docs.aws.amazon.com/dtconsole/latest/userguide/rename.html
    "aws_codestarconnections_connection": "code*connections:x:x:connection/x",
    "aws_db_instance": "rds:x:x:db:x",
    "aws_docdb_cluster": "rds:x:x:cluster:x",
    "aws_dynamodb_table": "dynamodb:x:x:table/x",
    "aws_dynamodb_table_replica": "dynamodb:x:x:table/x",
    "aws_ecr_repository": "ecr:x:x:repository/x",
    "aws_ecs_cluster": "ecs:x:x:cluster/x",
    "aws_ecs_service": "ecs:x:x:service/x/x",
    "aws_iam_role": "iam::x:role/x",
    "aws_kms_key": "kms:x:x:key/x",
    "aws_lambda_function": "lambda:x:x:function:x",
    "aws_lb_listener": "elasticloadbalancing:x:x:listener/app/x/x/x",
    "aws_lb_listener_rule": "elasticloadbalancing:x:x:listener-rule/app/x/x/x/x",
    "aws_lb_target_group": "elasticloadbalancing:x:x:targetgroup/x/x",
    "aws_s3_bucket": "s3:::x",
    "aws_secretsmanager_secret": "secretsmanager:x:x:secret:x",
    "aws_sns_topic": "sns:x:x:x",
    "aws_sqs_queue": "sqs:x:x:x",
    "aws_ssm_parameter": "ssm:x:x:parameter/x",
}
"""The ARN of a resource of each type that a policy can refer to, without `arn:aws:`.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""


def known_arn(text: str, stack: Stack, stacks: Mapping[str, Stack]) -> str | None:
    """The text with an ARN of the right type, or a name, for each reference.

    None if it begins with a reference that leads to no resource: to a data source, or to a stack that is not there.

    Raises:
        LookupError: A type is not in `KINDS`.
    """
    first = _REFERENCE.match(text)
    if first is None:
        return _REFERENCE.sub(_X, text)
    found = [resource for _, resource in referred(first[0], stack, stacks)]
    if len(found) != 1:
        return None
    if found[0].kind not in KINDS:
        message = f"the type {found[0].kind} is not in the table of compliance/arns.py"
        raise LookupError(message)
    return f"arn:aws:{KINDS[found[0].kind]}{_REFERENCE.sub(_X, text[first.end() :])}"


@cache
def can_be(pattern: str, kind: str) -> bool:
    """Whether a pattern of a policy, like `arn:aws:s3:::assets/*`, matches an ARN of a kind, like `arn:...:${Name}`."""
    if pattern == "*":
        return True
    ours, theirs = (one.split(":", maxsplit=_PARTS - 1) for one in (pattern, kind))
    if len(ours) != len(theirs):
        return False
    return all(_overlap(one, _VARIABLE.sub(_wildcard, other)) for one, other in zip(ours, theirs, strict=True))


def _wildcard(variable: re.Match[str]) -> str:
    return _NAME if variable["name"] in _NO_SLASH else _TEXT


def _overlap(one: str, other: str) -> bool:
    """Whether any text matches both patterns."""
    waiting, seen = [(0, 0)], set[tuple[int, int]]()
    while waiting:
        place = waiting.pop()
        if place in seen:
            continue
        seen.add(place)
        left, right = place
        mine, its = one[left : left + 1], other[right : right + 1]
        if not mine and not its:
            return True
        if mine in _MANY:
            waiting.append((left + 1, right))
        if its in _MANY:
            waiting.append((left, right + 1))
        if mine and its and _share(mine, its):
            waiting.append((left + (mine not in _MANY), right + (its not in _MANY)))
    return False


def _share(one: str, other: str) -> bool:
    """Whether a character matches both of two parts of patterns."""
    if one == other or {one, other} & {_TEXT, _CHARACTER}:
        return True
    return (one == _NAME and other != "/") or (other == _NAME and one != "/")
