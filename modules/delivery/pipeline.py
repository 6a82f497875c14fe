"""The pipeline itself: its stages, its trigger, and the connection to its repository."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.codepipeline import (
    Codepipeline,
    CodepipelineArtifactStore,
    CodepipelineArtifactStoreEncryptionKey,
    CodepipelineTrigger,
    CodepipelineTriggerGitConfiguration,
    CodepipelineTriggerGitConfigurationPush,
    CodepipelineTriggerGitConfigurationPushBranches,
    CodepipelineTriggerGitConfigurationPushFilePaths,
    CodepipelineTriggerGitConfigurationPushTags,
    CodepipelineVariable,
)
from cdktf_cdktf_provider_aws.codestarconnections_connection import CodestarconnectionsConnection
from constructs import Construct

from modules.errors import WiringError
from modules.label import Label, NameLimit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cdktf import TerraformResource

    from config.delivery import DeliverySettings
    from modules.delivery.artifact_store import ArtifactStore
    from modules.delivery.stages import Stage
    from modules.role import Role

REBUILD: Final = "REBUILD"
"""The variable of a run that builds the released commit again, on fresh base images."""
SOURCE: Final = "source"
"""The action, and its artifact."""


def pipeline_name(label: Label) -> str:
    """Name of the environment's pipeline, which its builds need before it exists."""
    return label.name("delivery", limit=NameLimit.CODEPIPELINE)


class Pipeline(Construct):
    """A pipeline of type V2: one release at a time, in the order of their arrival.

    Not SUPERSEDED: a release that waits for its approval would be replaced by the next one. Not PARALLEL: with it AWS
    allows no rollback. https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        config: DeliverySettings,
        label: Label,
        role: Role,
        store: ArtifactStore,
        stages: Sequence[Stage],
        depends_on: Sequence[TerraformResource] = (),
    ) -> None:
        """Create the pipeline.

        Args:
            config: Its trigger.
            label: Names it.
            role: The role with which it starts actions.
            store: Has its artifacts.
            stages: In their order, the source first.
            depends_on: What must exist before its first run.

        Raises:
            WiringError: The first stage has no source, or an action uses an artifact that no action before it makes.
        """
        super().__init__(scope, id_)
        self.full_name = pipeline_name(label)
        self._check(stages)
        self._pipeline = Codepipeline(
            self,
            "Default",
            name=self.full_name,
            # The provider's default is V1, with which AWS refuses triggers, conditions and variables.
            pipeline_type="V2",
            execution_mode="QUEUED",
            role_arn=role.arn,
            artifact_store=[
                CodepipelineArtifactStore(
                    type="S3",
                    location=store.artifacts.id,
                    encryption_key=CodepipelineArtifactStoreEncryptionKey(id=store.key.arn, type="KMS"),
                )
            ],
            stage=[stage.argument() for stage in stages],
            trigger=[_trigger(config)] if config.builds else None,
            variable=[
                CodepipelineVariable(
                    name=REBUILD, default_value="false", description="true builds on fresh base images"
                )
            ]
            if config.builds
            else None,
            depends_on=[*role.dependables, *depends_on],
        )

    @cached_property
    def arn(self) -> str:
        """ARN of the pipeline."""
        return self._pipeline.arn

    @property
    def name(self) -> str:
        """Name of the pipeline."""
        return self._pipeline.name

    def _check(self, stages: Sequence[Stage]) -> None:
        made: set[str] = set()
        for stage in stages:
            for order in sorted({action.run_order for action in stage.actions}):
                actions = [action for action in stage.actions if action.run_order == order]
                for action in actions:
                    if missing := sorted(set(action.inputs) - made):
                        message = (
                            f"{stage.name}/{action.name} uses {', '.join(missing)}, which no action before it makes"
                        )
                        raise WiringError(self, message)
                made.update(artifact for action in actions for artifact in action.outputs)
        if not stages or any(action.category != "Source" for action in stages[0].actions):
            raise WiringError(self, "its first stage must have actions of the category Source only")


def _trigger(config: DeliverySettings) -> CodepipelineTrigger:
    """A push of the branch, of files in it, or of a tag.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-filter.html
    """
    push = CodepipelineTriggerGitConfigurationPush(
        branches=CodepipelineTriggerGitConfigurationPushBranches(includes=[config.branch]) if config.branch else None,
        file_paths=CodepipelineTriggerGitConfigurationPushFilePaths(includes=list(config.paths))
        if config.paths
        else None,
        tags=CodepipelineTriggerGitConfigurationPushTags(includes=list(config.tags)) if config.tags else None,
    )
    return CodepipelineTrigger(
        provider_type="CodeStarSourceConnection",
        git_configuration=CodepipelineTriggerGitConfiguration(source_action_name=SOURCE, push=[push]),
    )


def add_connection(scope: Construct, *, label: Label) -> str:
    """Create a connection to GitHub, which a person confirms in the console; return its ARN."""
    return CodestarconnectionsConnection(
        scope, "connection", name=label.name("github", limit=NameLimit.CODE_CONNECTION), provider_type="GitHub"
    ).arn
