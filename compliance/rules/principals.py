"""Who is let in: by the principals of a policy, and by what its conditions demand, judged by operator and value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from compliance.accounts import Accounts, Whose
from compliance.conditions import demanded, is_bounded, is_bounded_for_service
from compliance.policies import Kind, is_allow, many, narrowing_statements, principals, statements
from compliance.rule import Finding, rule_with_others
from compliance.wildcards import Width, width

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from compliance.policies import Statement
    from synthesis.manifest import Stack

_WILD: Final = re.compile(r"[*?]")
_SERVICE: Final = ".amazonaws.com"
_SAML: Final = ":saml-provider/"
_WITHOUT_CONDITION: Final = (
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html: topics and log groups
    ("aws_sns_topic_policy", {"events.amazonaws.com"}, {"sns:Publish"}),
    (
        "aws_cloudwatch_log_resource_policy",
        {"events.amazonaws.com", "delivery.logs.amazonaws.com"},
        {"logs:CreateLogStream"},
    ),
)
"""The type of a policy, services, and actions: EventBridge names its rule only when it writes to a log group."""
_SUBJECTS: Final = (":sub", ":amr")
"""The keys that say who signs in; Cognito has the second: whether it is a guest."""


@rule_with_others
def oidc_trust_names_subject(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """An OIDC identity may assume a role only with an exact audience and subject."""
    for resource, statement in statements(stack, Kind.TRUST, stacks=stacks):
        federated = principals(statement, "Federated")
        if not is_allow(statement) or not federated:
            continue
        is_saml = all(_SAML in one or "aws_iam_saml_provider." in one for one in federated)
        for endings in ((":aud",),) if is_saml else ((":aud",), _SUBJECTS):
            tests = [one for one in demanded(statement) if one.key.endswith(endings) and one.is_literal]
            values = [value for one in tests for value in one.values]
            if not values or any(_WILD.search(value) for value in values):
                name = endings[0].removeprefix(":")
                yield Finding.about(resource, f"its trust policy has no exact {name} (StringEquals)")


@rule_with_others
def policy_is_not_public(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """No policy allows every principal, unless a condition names the account, organization or source."""
    accounts = Accounts(stack, stacks)
    for resource, statement in statements(stack, Kind.TRUST, Kind.RESOURCE, stacks=stacks):
        if is_allow(statement) and (who := _everyone(statement)) and not is_bounded(statement, accounts):
            yield Finding.about(resource, f"allows every principal ({who}), and no condition restricts it")
    for resource in stack.all():
        if resource.get("principal") == "*":
            yield Finding.about(resource, "allows every principal to call the function, or to use what it is for")


@rule_with_others
def service_principal_is_restricted(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """A resource allows a service only for this account or for named resources (confused deputy)."""
    accounts = Accounts(stack, stacks)
    for resource, statement in statements(stack, Kind.RESOURCE, stacks=stacks):
        services = principals(statement, "Service")
        if not is_allow(statement) or services in ([], ["*"]) or _takes_no_condition(resource.kind, statement):
            continue
        if not is_bounded_for_service(statement, accounts):
            yield Finding.about(resource, f"allows {', '.join(services)} for every account")
    for resource in stack.all():
        service = resource.get("principal")
        if isinstance(service, str) and service.endswith(_SERVICE):
            sources = [resource.get("source_account"), resource.get("source_arn")]
            if not any(one and _is_named(str(one), accounts) for one in sources):
                yield Finding.about(resource, f"allows {service} for every account; set source_account or source_arn")


@rule_with_others
def principal_is_known(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """Whom a policy lets in is known before a plan, so that it can be judged."""
    accounts = Accounts(stack, stacks)
    for resource, statement in statements(stack, Kind.TRUST, Kind.RESOURCE, stacks=stacks):
        for kind in ("AWS", "Federated", "Service") if is_allow(statement) else ():
            for one in principals(statement, kind):
                if "${" in one and accounts.whose(one) is Whose.UNKNOWN:
                    yield Finding.about(
                        resource, f"allows {one}, which is not known before a plan: it cannot be judged"
                    )


@rule_with_others
def endpoint_reaches_own_accounts(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """The policy of an endpoint allows no account of others: data could leave through it to a bucket of theirs."""
    accounts = Accounts(stack, stacks)
    for resource, statement in narrowing_statements(stack, stacks):
        if not is_allow(statement) or not {"Principal", "NotPrincipal"} & statement.keys():
            continue
        resources = many(statement.get("Resource"))
        named = resources and all(width(one, accounts) is not Width.EVERYTHING for one in resources)
        if _everyone(statement) and not named and not is_bounded(statement, accounts):
            yield Finding.about(resource, "its policy allows every principal on everything; demand aws:ResourceAccount")


def _takes_no_condition(kind: str, statement: Statement) -> bool:
    """Whether AWS's own page on this policy says that the service works only without a condition."""
    services, actions = set(principals(statement, "Service")), set(many(statement.get("Action")))
    return any(
        kind == policy and services <= known and actions and actions <= allowed
        for policy, known, allowed in _WITHOUT_CONDITION
    )


def _is_named(source: str, accounts: Accounts) -> bool:
    """Whether a source is of a named account; a bucket's ARN has none, so its name must be whole."""
    whose = accounts.whose(source)
    if whose is Whose.NONE:
        return not _WILD.search(source)
    return whose is not Whose.ANYONE


def _everyone(statement: Statement) -> str:
    """What in the principals of a statement is everyone; empty if they are named."""
    if "NotPrincipal" in statement:
        return "NotPrincipal"
    named = statement.get("Principal")
    kinds = ("AWS", *(named if isinstance(named, dict) else ()))
    return next((one for kind in kinds for one in principals(statement, kind) if _WILD.search(one)), "")
