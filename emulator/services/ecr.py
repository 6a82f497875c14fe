"""Amazon ECR: moto has no pull-through cache rules, and accepts lifecycle policies that AWS does not."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from emulator.clock import now
from emulator.errors import AwsError
from emulator.registry import Context, guard, operation
from emulator.store import Kind
from emulator.validate import check_call

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from emulator.store import Shape

# Upstream registries by their url, and whether ECR needs credentials for them:
# https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html
_UPSTREAMS: Final = {
    "public.ecr.aws": ("ecr-public", False),
    "quay.io": ("quay", False),
    "registry.k8s.io": ("k8s", False),
    "registry-1.docker.io": ("docker-hub", True),
    "ghcr.io": ("github-container-registry", True),
    "registry.gitlab.com": ("gitlab-container-registry", True),
    "cgr.dev": ("chainguard", True),
}
_OWN_HOSTS: Final = {".dkr.ecr.": "ecr", ".azurecr.io": "azure-container-registry"}
# The same page.
_PREFIX: Final = re.compile(r"([a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*/?|ROOT)")
# https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html
_MOST_RULES: Final = 50
# https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
_MOST_WILDCARDS: Final = 4

RULES: Kind[Shape] = Kind(
    "pull-through cache rule",
    missing="PullThroughCacheRuleNotFoundException",
    message="The pull through cache rule with the prefix '{key}' does not exist",
)


@operation("ecr", "CreatePullThroughCacheRule")
def create_rule(params: Shape, context: Context) -> Shape:
    """Store a rule; it copies nothing, because the emulator pulls no images."""
    check_call(params, context)
    rules = context.table(RULES)
    prefix, url = params["ecrRepositoryPrefix"], params["upstreamRegistryUrl"]
    if not _PREFIX.fullmatch(prefix):
        raise AwsError(
            code="InvalidParameterException",
            message="Invalid parameter at 'ecrRepositoryPrefix' failed to satisfy constraint: "
            f"'must satisfy regular expression '{_PREFIX.pattern}''",
        )
    if prefix in rules:
        raise AwsError(
            code="PullThroughCacheRuleAlreadyExistsException",
            message=f"The pull through cache rule with the prefix '{prefix}' already exists",
        )
    name, needs_credentials = _upstream(url)
    if params.get("upstreamRegistry") not in {None, name}:
        raise AwsError(
            code="InvalidParameterException",
            message=f"The upstream registry '{params['upstreamRegistry']}' does not have the url '{url}'",
        )
    if needs_credentials and not params.get("credentialArn"):
        raise AwsError(
            code="InvalidParameterException", message=f"The upstream registry '{url}' requires a credentialArn"
        )
    if len(rules) >= _MOST_RULES:
        raise AwsError(
            code="LimitExceededException",
            message=f"The registry has the maximum number of {_MOST_RULES} pull through cache rules",
        )
    moment = now()
    rules[prefix] = {
        **params,
        "registryId": context.account,
        "upstreamRegistry": name,
        # Only another registry of ECR has one; of a public registry AWS returns none, or the provider would replace
        # the rule in each plan: TestAccECRPullThroughCacheRule_basic in the provider's source.
        **({"upstreamRepositoryPrefix": params.get("upstreamRepositoryPrefix", "ROOT")} if name == "ecr" else {}),
        "createdAt": moment,
        "updatedAt": moment,
    }
    return rules[prefix]


@operation("ecr", "DescribePullThroughCacheRules")
def describe_rules(params: Shape, context: Context) -> Shape:
    """Return the rules of these prefixes, or all."""
    rules = context.table(RULES)
    wanted = params.get("ecrRepositoryPrefixes") or list(rules)
    return {"pullThroughCacheRules": [rules.require(prefix) for prefix in wanted]}


@operation("ecr", "UpdatePullThroughCacheRule")
def update_rule(params: Shape, context: Context) -> Shape:
    """Change the credentials of a rule; AWS allows nothing else to change."""
    rule = context.table(RULES).require(params["ecrRepositoryPrefix"])
    rule |= {key: params[key] for key in ("credentialArn", "customRoleArn") if key in params}
    rule["updatedAt"] = now()
    return rule


@operation("ecr", "DeletePullThroughCacheRule")
def delete_rule(params: Shape, context: Context) -> Shape:
    """Delete a rule; the repositories with the copies stay."""
    return context.table(RULES).remove(params["ecrRepositoryPrefix"])


@guard("ecr", "PutLifecyclePolicy", "StartLifecyclePolicyPreview")
def refuse_invalid_lifecycle(params: Shape, _: Context) -> None:
    """Refuse rules that contradict each other, or select no images by tag; moto checks the shape of each.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
    """
    try:
        rules = json.loads(params.get("lifecyclePolicyText") or "{}").get("rules") or []
    except (AttributeError, ValueError):
        return  # moto's own refusal
    if not all(isinstance(rule, dict) and isinstance(rule.get("selection"), dict) for rule in rules):
        return
    for problem in lifecycle_problems(rules):
        raise AwsError(
            code="InvalidParameterException",
            message="Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: "
            f"'Lifecycle policy validation failure: {problem}'",
        )


def lifecycle_problems(rules: Sequence[Shape]) -> Iterator[str]:
    """Find what the page above does not allow."""
    priorities = [rule.get("rulePriority") for rule in rules]
    for priority, number in Counter(priorities).items():
        if number > 1:
            yield f"the priority {priority} is not unique"
    for rule in rules:
        selection: dict[str, Any] = rule["selection"]
        status = selection.get("tagStatus")
        lists = [name for name in ("tagPrefixList", "tagPatternList") if selection.get(name)]
        if status == "tagged" and len(lists) != 1:
            yield "a rule for tagged images must have either a tagPrefixList or a tagPatternList"
        if status != "tagged" and lists:
            yield f"a rule for {status} images must not have a {lists[0]}"
        if status == "any" and rule.get("rulePriority") != max(priorities, key=lambda one: one or 0):
            yield "a rule for any images must have the highest priority number"
        for pattern in selection.get("tagPatternList") or ():
            if pattern.count("*") > _MOST_WILDCARDS:
                yield f"the pattern {pattern} has more than {_MOST_WILDCARDS} wildcards"
        by_age = selection.get("countType") == "sinceImagePushed"
        if by_age != bool(selection.get("countUnit")):
            yield f"countUnit is {'required' if by_age else 'not allowed'} with {selection.get('countType')}"


def _upstream(url: str) -> tuple[str, bool]:
    if url in _UPSTREAMS:
        return _UPSTREAMS[url]
    for part, name in _OWN_HOSTS.items():
        if part in url:
            return name, name != "ecr"
    raise AwsError(
        code="UnsupportedUpstreamRegistryException", message=f"The specified upstream registry '{url}' is not supported"
    )
