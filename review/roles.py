"""The environments that a workflow may plan and apply, and the roles that it assumes there, read from the JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from synthesis.manifest import OutputError
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from synthesis.manifest import Stack
    from synthesis.template import Resource

_ISSUER: Final = "token.actions.githubusercontent.com"
_PLAN, _APPLY = "-github-plan", "-github-apply"


@dataclass(frozen=True, kw_only=True)
class GithubEnvironment:
    """One entry of a job's matrix."""

    environment: str
    region: str
    plan_role: str
    apply_role: str
    plan_in: str
    """The environment of GitHub in which a job must run to plan, empty if the branch is enough."""
    apply_in: str
    """The same to apply; who may approve it is set there."""
    plans_pull_requests: bool
    """Whether pull requests may plan."""


def github_environments(stacks: Mapping[str, Stack]) -> list[GithubEnvironment]:
    """The environments whose settings have `[security.github]`, in the order in which they are applied.

    Raises:
        OutputError: A role or a pipeline does not look as synthesis writes it.
    """
    try:
        return _in_order(list(_environments(stacks)), release_sources(stacks))
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        message = f"The roles of GitHub in the synthesized output cannot be read ({type(error).__name__}: {error})."
        raise OutputError(message) from error


def _environments(stacks: Mapping[str, Stack]) -> Iterator[GithubEnvironment]:
    for stack in stacks.values():
        roles = dict(_roles(stack))
        plan, apply = roles.get(_PLAN), roles.get(_APPLY)
        if plan is None or apply is None:
            continue
        yield GithubEnvironment(
            environment=stack.environment,
            region=stack.region,
            plan_role=_arn(stack, plan),
            apply_role=_arn(stack, apply),
            plan_in=_environment(plan),
            apply_in=_environment(apply),
            plans_pull_requests=any(subject.endswith(":pull_request") for subject in _subjects(plan)),
        )


def release_sources(stacks: Mapping[str, Stack]) -> dict[str, str]:
    """The environment whose releases each environment takes over, by the bucket that its pipeline reads."""
    owners = {
        bucket.get("bucket"): stack.environment for stack in stacks.values() for bucket in stack.all("aws_s3_bucket")
    }
    sources = {}
    for stack in stacks.values():
        for pipeline in stack.all("aws_codepipeline"):
            for bucket in _source_buckets(pipeline):
                if bucket in owners:
                    sources[stack.environment] = owners[bucket]
    return sources


def _source_buckets(pipeline: Resource) -> Iterator[str]:
    for stage in blocks(pipeline.get("stage")):
        for action in blocks(stage["action"]):
            if (action["category"], action["provider"]) == ("Source", "S3"):
                yield action["configuration"]["S3Bucket"]


def _in_order(environments: Sequence[GithubEnvironment], sources: Mapping[str, str]) -> list[GithubEnvironment]:
    """Each environment after the one whose releases it takes over, which takes over none itself."""
    return sorted(environments, key=lambda each: each.environment in sources)


def matrix(environments: list[GithubEnvironment]) -> str:
    """The JSON of `strategy.matrix.include`."""
    return json.dumps([asdict(each) for each in environments])


def _roles(stack: Stack) -> Iterator[tuple[str, Resource]]:
    for role in stack.all("aws_iam_role"):
        name = str(role.get("name"))
        for end in (_PLAN, _APPLY):
            if name.endswith(end) and _subjects(role):
                yield end, role


def _subjects(role: Resource) -> list[str]:
    """Which jobs GitHub's token must be of."""
    document: dict[str, Any] = json.loads(str(role.get("assume_role_policy")))
    subjects: list[str] = []
    for statement in blocks(document["Statement"]):
        found = statement.get("Condition", {}).get("StringEquals", {}).get(f"{_ISSUER}:sub", [])
        subjects += [found] if isinstance(found, str) else found
    return subjects


def _environment(role: Resource) -> str:
    # https://docs.github.com/en/actions/concepts/security/openid-connect
    names = [subject.partition(":environment:")[2] for subject in _subjects(role)]
    return next((name for name in reversed(names) if name), "")


def _arn(stack: Stack, role: Resource) -> str:
    (account,) = stack.providers[0]["allowed_account_ids"]
    return f"arn:aws:iam::{account}:role/{role.get('name')}"
