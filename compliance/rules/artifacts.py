"""The artifacts of a pipeline: each build uses those of its own actions."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from compliance.evaluation import matches, matches_action
from compliance.grants import role_statements
from compliance.policies import is_allow, many
from compliance.references import Place, referred
from compliance.rule import Finding, rule_with_others
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from compliance.policies import Statement
    from synthesis.manifest import Stack
    from synthesis.template import Resource

_PIPELINE_CHARACTERS, _ARTIFACT_CHARACTERS = 20, 10
"""Characters of the two names in the key of an artifact, `<pipeline>/<artifact>/<seven random characters>`.

https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-view-cli.html#pipelines-action-executions-cli
https://repost.aws/questions/QUI91tw7A9SUOMohJurNqmgA/code-pipeline-truncates-folder-names-in-output-artifact-s-3-bucket
"""
_READ, _WRITE = "s3:GetObject", "s3:PutObject"


@dataclass
class _Uses:
    """The artifacts of the actions that run a project."""

    reads: set[str] = field(default_factory=set)
    writes: set[str] = field(default_factory=set)


_RIGHTS: Final = ((_READ, "reads"), (_WRITE, "writes"))


@rule_with_others
def build_uses_the_artifacts_of_its_actions(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """A build may read the inputs and write the outputs of its own actions, and no other artifact of the pipeline.

    A build runs code of the application; what it could replace, a later action would deploy.
    """
    for pipeline in stack.all("aws_codepipeline"):
        actions = [action for stage in blocks(pipeline.get("stage")) for action in blocks(stage.get("action"))]
        names = sorted({name for action in actions for name in (*_inputs(action), *_outputs(action))})
        yield from _shared_folders(pipeline, names)
        projects: dict[Place, Resource] = {}
        uses: dict[Place, _Uses] = defaultdict(_Uses)
        for action in actions:
            for owner, project in referred((action.get("configuration") or {}).get("ProjectName"), stack, stacks):
                place = Place.of(owner, project)
                projects[place] = project
                uses[place].reads.update(_inputs(action))
                uses[place].writes.update(_outputs(action))
        for place, project in projects.items():
            owner = stacks.get(place.stack, stack)
            statements = list(_statements(project, owner, stacks))
            for name in names:
                keys = _keys(pipeline, stack, stacks, name)
                for right, kind in _RIGHTS:
                    wanted = name in getattr(uses[place], kind)
                    allowed = any(_allows(statement, right, keys) for statement in statements)
                    if allowed and not wanted:
                        yield Finding.about(
                            project, f"may {right} the artifact {name}, which no action that runs it {kind}"
                        )
                    elif wanted and not allowed:
                        yield Finding.about(project, f"may not {right} the artifact {name}, which its action {kind}")


def _shared_folders(pipeline: Resource, names: list[str]) -> Iterator[Finding]:
    by_folder: dict[str, list[str]] = defaultdict(list)
    for name in names:
        by_folder[name[:_ARTIFACT_CHARACTERS]].append(name)
    for folder, sharing in by_folder.items():
        if len(sharing) > 1:
            yield Finding.about(
                pipeline,
                f"its artifacts {', '.join(sharing)} are all below {folder}/, so a role that may write one may write "
                f"all; their first {_ARTIFACT_CHARACTERS} characters must differ",
            )


def _inputs(action: Mapping[str, Any]) -> list[str]:
    return many(action.get("input_artifacts"))


def _outputs(action: Mapping[str, Any]) -> list[str]:
    return many(action.get("output_artifacts"))


def _keys(pipeline: Resource, stack: Stack, stacks: Mapping[str, Stack], artifact: str) -> list[str]:
    """The ARN of an object of an artifact, by a reference to its bucket and by the bucket's name."""
    cut = str(pipeline.get("name"))[:_PIPELINE_CHARACTERS]
    key = f"{cut}/{artifact[:_ARTIFACT_CHARACTERS]}/0000000"
    found = []
    for store in blocks(pipeline.get("artifact_store")):
        for _, bucket in referred(store.get("location"), stack, stacks):
            found += [f"${{{bucket.address}.arn}}/{key}", f"arn:aws:s3:::{bucket.get('bucket')}/{key}"]
    return found


def _statements(project: Resource, stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Statement]:
    for owner, role in referred(project.get("service_role"), stack, stacks):
        yield from filter(is_allow, role_statements(role, owner, stacks))


def _allows(statement: Statement, action: str, keys: list[str]) -> bool:
    return any(matches_action(pattern, action) for pattern in many(statement.get("Action"))) and any(
        matches(pattern, key) for pattern in many(statement.get("Resource")) for key in keys
    )
