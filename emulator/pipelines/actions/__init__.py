"""The providers of actions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emulator.pipelines.actions import approval, build, deploy, sources

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emulator.pipelines.work import Work

PROVIDERS: Final[Mapping[tuple[str, str], Callable[[Work], None]]] = {
    ("Source", "CodeStarSourceConnection"): sources.github,
    ("Source", "S3"): sources.s3,
    ("Build", "CodeBuild"): build.run,
    ("Test", "CodeBuild"): build.run,
    ("Approval", "Manual"): approval.run,
    ("Deploy", "CodeDeployToECS"): deploy.run,
}
"""By category and provider."""
