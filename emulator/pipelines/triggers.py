"""Which pipelines a push starts.

https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-filter.html
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from moto.codepipeline.models import codepipeline_backends

from emulator.pipelines.start import start
from emulator.registry import REGISTRY
from emulator.services.codeconnections import CONNECTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from emulator.pipelines.execution import Execution
    from emulator.pipelines.repositories import Push

_PROVIDER = "CodeStarSourceConnection"
_TOKEN = re.compile(r"\*\*/|\*\*|\*|\?|\[!?[^\]]+\]|\{[^}]*\}|.", re.DOTALL)


def matches_glob(pattern: str, text: str) -> bool:
    """Return whether a text matches a pattern of git: `*` stops at `/`, `**` does not.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/syntax-glob.html
    """
    return re.fullmatch("".join(_translate(found[0]) for found in _TOKEN.finditer(pattern)), text) is not None


def _translate(token: str) -> str:
    simple = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    if token in simple:
        return simple[token]
    if token.startswith("[") and len(token) > 1:
        return token.replace("[!", "[^", 1)
    if token.startswith("{") and len(token) > 1:
        return f"(?:{'|'.join(map(re.escape, token[1:-1].split(',')))})"
    return re.escape(token)


def start_pipelines(push: Push) -> list[Execution]:
    """Start every pipeline whose trigger fits a push; the caller has the lock."""
    started = []
    for account, region, name, structure in _pipelines():
        if push.account not in {"", account}:
            continue
        for action in structure["stages"][0]["actions"]:
            if not _takes(action, push) or not _is_triggered(structure, action, push):
                continue
            arn = action["configuration"]["ConnectionArn"]
            connection = REGISTRY.store.table(CONNECTIONS, account, region).get(arn)
            if connection is None or connection["ConnectionStatus"] != "AVAILABLE":
                continue  # GitHub reports no push to a connection that is not confirmed
            detail = {"providerType": "GitHub", "repository": push.repository, "commit": push.commit.id}
            started.append(
                start(
                    name,
                    account=account,
                    region=region,
                    trigger="WebhookV2" if structure.get("triggers") else "Webhook",
                    detail=json.dumps(detail),
                    revisions={action["name"]: push.commit.id},
                )
            )
    return started


def _pipelines() -> Iterator[tuple[str, str, str, Mapping[str, Any]]]:
    for account, regions in list(codepipeline_backends.items()):
        for region, backend in list(dict.items(regions)):
            for name, found in list(backend.pipelines.items()):
                yield account, region, name, found.pipeline


def _takes(action: Mapping[str, Any], push: Push) -> bool:
    """Whether a source action is of the repository."""
    configuration = action.get("configuration") or {}
    is_git = action["actionTypeId"]["provider"] == _PROVIDER
    return is_git and configuration.get("FullRepositoryId") == push.repository


def _is_triggered(structure: Mapping[str, Any], action: Mapping[str, Any], push: Push) -> bool:
    """Whether a push starts the pipeline: by a trigger, or without any by a change of the action's branch."""
    triggers = structure.get("triggers") or ()
    if not triggers:
        configuration = action["configuration"]
        detects: bool = configuration.get("DetectChanges", "true") == "true"
        return detects and bool(configuration.get("BranchName") == push.branch)
    for trigger in triggers:
        git = trigger["gitConfiguration"]
        if git["sourceActionName"] != action["name"]:
            continue
        filters = git.get("push")
        if filters is None and git.get("pullRequest") is None:
            return bool(push.branch)
        if any(_fits(one, push) for one in filters or ()):
            return True
    return False


def _fits(filters: Mapping[str, Any], push: Push) -> bool:
    """Whether a push passes all filters of one entry: a tag only one of tags, a branch only one without tags."""
    tags, branches, paths = filters.get("tags"), filters.get("branches"), filters.get("filePaths")
    if push.tag:
        return tags is not None and _passes(tags, [push.tag])
    return tags is None and _passes(branches, [push.branch]) and _passes(paths, push.paths)


def _passes(patterns: Mapping[str, Sequence[str]] | None, values: Sequence[str]) -> bool:
    """Whether one of the values is included, and not excluded."""
    if patterns is None:
        return True
    includes, excludes = patterns.get("includes") or (), patterns.get("excludes") or ()
    return any(
        (not includes or any(matches_glob(one, value) for one in includes))
        and not any(matches_glob(one, value) for one in excludes)
        for value in values
    )
