"""IAM accepts any words in a policy: here, each action, resource and condition key is one that AWS has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance.actions import actions, matching
from compliance.arns import known_arn
from compliance.policies import Kind, condition_keys, every_statement, many, statements
from compliance.rule import Finding, rule_with_others

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from compliance.actions import Action
    from synthesis.manifest import Stack
    from synthesis.template import Resource

_EVERYTHING: Final = "*"
_GLOBAL: Final = "aws:"
_OF_ACTIONS: Final = ("aws:requesttag/", "aws:resourcetag/", "aws:tagkeys")
"""The keys of AWS that only requests for some actions have."""
_OF_REQUESTS: Final = frozenset(
    f"{_GLOBAL}{name}"
    for name in (
        "calledvia",
        "calledviafirst",
        "calledvialast",
        "currenttime",
        "ec2instancesourceprivateipv4",
        "ec2instancesourcevpc",
        "epochtime",
        "federatedprovider",
        "multifactorauthage",
        "multifactorauthpresent",
        "principalaccount",
        "principalarn",
        "principalisawsservice",
        "principalorgid",
        "principalorgpaths",
        "principalservicename",
        "principalservicenameslist",
        "principaltype",
        "referer",
        "requestedregion",
        "resourceaccount",
        "resourceorgid",
        "resourceorgpaths",
        "securetransport",
        "sourceaccount",
        "sourcearn",
        "sourceidentity",
        "sourceip",
        "sourceorgid",
        "sourceorgpaths",
        "sourceowner",
        "sourcevpc",
        "sourcevpce",
        "tokenissuetime",
        "useragent",
        "userid",
        "username",
        "viaawsservice",
        "vpceaccount",
        "vpceorgid",
        "vpceorgpaths",
        "vpcsourceip",
    )
)
"""The other keys of AWS, in lowercase letters; `aws:PrincipalTag/...` is one for each tag.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""
_TAG_OF_PRINCIPAL: Final = f"{_GLOBAL}principaltag/"
_OF_FUNCTIONS: Final = "lambda:sourcefunctionarn"
"""The key of what the code of a function calls; policies of resources do not have it.

https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
"""


@rule_with_others
def policy_names_actions_of_aws(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """Every action in every policy is one of its service; IAM accepts any name, and a wrong one allows nothing."""
    for resource, pattern in _named_actions(stack, stacks):
        if pattern == _EVERYTHING or matching(pattern):
            continue
        service = pattern.partition(":")[0]
        if actions(service.lower()) is None:
            yield Finding.about(resource, f"names {pattern}, and AWS has no service with the prefix {service}")
        else:
            yield Finding.about(resource, f"names {pattern}, which is not an action of {service}")


@rule_with_others
def statement_names_resources_of_its_actions(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """Each action of a statement is about one of its resources, and each resource is one of an action.

    A statement with s3:GetObject and a bucket without `/*`, or with a list of all tasks and one task, allows nothing.
    """
    for resource, statement in statements(stack, *Kind, stacks=stacks):
        patterns = [one for one in many(statement.get("Action")) if matching(one)]
        named = many(statement.get("Resource"))
        if not patterns or not named:
            continue
        try:
            arns = {one: known_arn(one, stack, stacks) for one in named}
        except LookupError as error:
            yield Finding.about(resource, str(error))
            continue
        for pattern in patterns:
            if not any(_is_about(matching(pattern), arn) for arn in arns.values()):
                yield Finding.about(resource, f"names {pattern} with {named[0]}; {_allowed(matching(pattern))}")
        for one, arn in arns.items():
            if not any(_is_about(matching(pattern), arn) for pattern in patterns):
                yield Finding.about(resource, f"names {one}, which none of its actions ({patterns[0]}, ...) is about")


@rule_with_others
def statement_tests_keys_of_its_actions(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """A condition tests only keys that a request for the action has: another one is equal to nothing."""
    for resource, statement in statements(stack, *Kind, stacks=stacks):
        patterns = [one for one in many(statement.get("Action")) if matching(one)]
        for key in sorted(condition_keys(statement)):
            if key == _OF_FUNCTIONS:
                if {"NotPrincipal", "Principal"} & statement.keys():
                    yield Finding.about(resource, f"tests {key}; only policies of roles can test it")
            elif key.startswith(_GLOBAL) and not key.startswith(_OF_ACTIONS):
                if key not in _OF_REQUESTS and not key.startswith(_TAG_OF_PRINCIPAL):
                    yield Finding.about(resource, f"tests {key}, which is not a condition key of AWS")
            else:
                for pattern in patterns:
                    if not any(action.has_key(key) for action in matching(pattern)):
                        yield Finding.about(resource, f"tests {key}, which no request for {pattern} has")


def _named_actions(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[tuple[Resource, str]]:
    for resource, statement in every_statement(stack, stacks):
        for element in ("Action", "NotAction"):
            yield from ((resource, pattern) for pattern in many(statement.get(element)))
    for permission in stack.all("aws_lambda_permission"):
        yield permission, str(permission.get("action"))


def _is_about(found: tuple[Action, ...], arn: str | None) -> bool:
    """Whether one of the actions is about a resource; one whose ARN is not known passes."""
    return arn is None or any(action.can_be_on(arn) for action in found)


def _allowed(found: tuple[Action, ...]) -> str:
    kinds = sorted({kind for action in found for kind in action.resources}) or ['"*"']
    return f"IAM allows it only on {' or '.join(kinds)}"
