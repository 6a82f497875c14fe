"""Topic policies: moto accepts any JSON."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from moto.iam.models import iam_backends

from emulator.arns import parse_arn
from emulator.errors import AwsError
from emulator.policy import as_list, names_principal
from emulator.protocol import service_model
from emulator.registry import Context, guard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.store import Shape

# https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html has the quotas,
# the actions, and the rule for the resource. Receive is in the policy that AWS's console writes for a new topic.
_MOST_BYTES = 30 * 1024
_MOST_STATEMENTS = 100
_ACTIONS = {
    "addpermission",
    "deletetopic",
    "getdataprotectionpolicy",
    "gettopicattributes",
    "listsubscriptionsbytopic",
    "listtagsforresource",
    "publish",
    "putdataprotectionpolicy",
    "receive",
    "removepermission",
    "settopicattributes",
    "subscribe",
}
_OF_OTHER_ACTIONS = {"publishbatch"}
"""Operations without an action of their own."""
_ACCOUNT = re.compile(r"\d{12}")
_UNIQUE_ID = re.compile(r"A[A-Z0-9]{16,}")
_SERVICE = re.compile(r"[a-z0-9.-]+\.amazonaws\.com(\.cn)?")


@guard("sns", "CreateTopic")
def refuse_policy_of_new_topic(params: Shape, context: Context) -> None:
    """Refuse a policy that is not valid for the topic to be created."""
    policy = (params.get("Attributes") or {}).get("Policy")
    if policy:
        _refuse(policy, context.arn(params["Name"]), context)


@guard("sns", "SetTopicAttributes")
def refuse_policy_of_topic(params: Shape, context: Context) -> None:
    """Refuse a policy that is not valid for the topic."""
    if params.get("AttributeName") == "Policy":
        _refuse(params.get("AttributeValue") or "", params["TopicArn"], context)


def _refuse(policy: str, topic: str, context: Context) -> None:
    for problem in _problems(policy, topic, context):
        raise AwsError(code="InvalidParameter", message=f"Invalid parameter: {problem}")


def _problems(policy: str, topic: str, context: Context) -> Iterator[str]:
    """Yield the errors of the policy, the first one that AWS reports first.

    AWS's message for what it cannot parse is "null": https://github.com/serverless/serverless/issues/5519
    """
    try:
        document = json.loads(policy)
    except ValueError:
        document = None
    if len(policy.encode()) > _MOST_BYTES:
        yield f"Policy Error: null (the policy must have at most {_MOST_BYTES} bytes)"
    if not isinstance(document, dict) or "Statement" not in document:
        yield "Policy Error: null (the policy must be a JSON object with a Statement)"
        return
    listed = as_list(document["Statement"])
    if len(listed) > _MOST_STATEMENTS:
        yield f"Policy Error: null (the policy must have at most {_MOST_STATEMENTS} statements)"
    for number, statement in enumerate(listed, start=1):
        yield from _statement_problems(number, statement, topic, context)


def _statement_problems(number: int, statement: Any, topic: str, context: Context) -> Iterator[str]:
    """Yield the errors of one statement.

    The principal: https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-sns
    The action: https://github.com/localstack/localstack/blob/main/tests/aws/services/sns/test_sns.snapshot.json
    """
    if not isinstance(statement, dict):
        yield f"Policy Error: null (statement {number} must be a JSON object)"
        return
    for member in ("Effect", "Principal", "Action", "Resource"):
        if not statement.get(member) and not statement.get(f"Not{member}"):
            yield f"Policy Error: null (statement {number} must have a value for {member})"
    for member in ("Principal", "NotPrincipal"):
        if member in statement:
            yield from _principal_problems(number, statement[member], context)
    if not all(_is_in_scope(action) for action in as_list(statement.get("Action", []))):
        yield "Policy statement action out of service scope!"
    resources = as_list(statement.get("Resource", []))
    if len(resources) > 1:
        yield "Policy statement must apply to a single resource!"
    if not all(isinstance(one, str) and fnmatchcase(topic, one) for one in resources):
        yield f"Policy Error: null (the Resource of statement {number} must be the topic {topic})"


def _is_in_scope(action: Any) -> bool:
    """Return whether it names only actions on a topic; a pattern must not match any other action of the service."""
    service, _, name = str(action).lower().partition(":")
    known = _ACTIONS | {operation.lower() for operation in service_model("sns").operation_names} - _OF_OTHER_ACTIONS
    matched = {one for one in known if fnmatchcase(one, name)}
    return service == "sns" and bool(matched) and matched <= _ACTIONS


def _principal_problems(number: int, principal: Any, context: Context) -> Iterator[str]:
    if not names_principal(principal):
        yield f"Policy Error: null (the Principal of statement {number} must name at least one principal)"
    elif isinstance(principal, dict):
        names = [(kind, name) for kind, listed in principal.items() for name in as_list(listed)]
        unknown = [name for kind, name in names if not _exists(kind, name, context)]
        if unknown:
            yield f"Policy Error: PrincipalNotFound ({', '.join(unknown)} of statement {number})"


def _exists(kind: str, name: str, context: Context) -> bool:
    """Return whether there is such a principal; principals of other accounts cannot be checked."""
    if kind == "Service":
        return _SERVICE.fullmatch(name) is not None
    if kind != "AWS":
        return False
    arn = parse_arn(name)
    if arn is None:
        return name == "*" or any(form.fullmatch(name) for form in (_ACCOUNT, _UNIQUE_ID))
    if arn.service not in {"iam", "sts"} or not _ACCOUNT.fullmatch(arn.account):
        return False
    if (arn.service, arn.account) != ("iam", context.account) or arn.resource == "root":
        return True
    backend = context.backend(iam_backends, "aws")
    return name in {one.arn for one in (*backend.roles.values(), *backend.users.values())}
