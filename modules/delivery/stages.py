"""The stages of a pipeline as values, and how Terraform writes them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Literal

from cdktf_cdktf_provider_aws.codepipeline import (
    CodepipelineStage,
    CodepipelineStageAction,
    CodepipelineStageBeforeEntry,
    CodepipelineStageBeforeEntryCondition,
    CodepipelineStageBeforeEntryConditionRule,
    CodepipelineStageBeforeEntryConditionRuleRuleTypeId,
    CodepipelineStageOnFailure,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from config.freeze import FreezeSettings
    from config.release_window import ReleaseWindow

MOST_RULES: Final = 5
"""https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_Condition.html"""
CHANGING: Final = ("Release", "Migrate", "Deploy")
"""The stages that change the environment."""
_VERSION: Final = "1"
_WEEK_MINUTES: Final = 7 * 24 * 60
# A release waits so long for an alarm to end: https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-CloudWatchAlarm.html
_ALARM_MINUTES: Final = 30
_Category = Literal["Approval", "Build", "Deploy", "Source", "Test"]


@dataclass(frozen=True, kw_only=True)
class Action:
    """One action of a stage."""

    name: str
    category: _Category
    provider: str
    configuration: Mapping[str, str]
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    run_order: int = 1
    timeout_minutes: int | None = None
    namespace: str | None = None

    @staticmethod
    def build(
        name: str,
        project: str,
        *,
        inputs: tuple[str, ...],
        outputs: tuple[str, ...] = (),
        category: Literal["Build", "Test"] = "Build",
        run_order: int = 1,
        variables: Mapping[str, str] | None = None,
    ) -> Action:
        """A run of a CodeBuild project; with several inputs, the first is its primary one."""
        configuration = {"ProjectName": project}
        if len(inputs) > 1:
            configuration["PrimarySource"] = inputs[0]
        if variables:
            configuration["EnvironmentVariables"] = json.dumps(
                [{"name": key, "value": value, "type": "PLAINTEXT"} for key, value in variables.items()]
            )
        return Action(
            name=name,
            category=category,
            provider="CodeBuild",
            configuration=configuration,
            inputs=inputs,
            outputs=outputs,
            run_order=run_order,
        )

    @staticmethod
    def github(name: str, *, connection_arn: str, repository: str, branch: str) -> Action:
        """A commit on GitHub; the artifact has the action's name.

        https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodestarConnectionSource.html
        """
        return Action(
            name=name,
            category="Source",
            provider="CodeStarSourceConnection",
            configuration={
                "ConnectionArn": connection_arn,
                "FullRepositoryId": repository,
                "BranchName": branch,
                "OutputArtifactFormat": "CODE_ZIP",
                "DetectChanges": "false",  # the trigger does
            },
            outputs=(name,),
        )

    @staticmethod
    def release(name: str, *, bucket: str, key: str, output: str) -> Action:
        """The newest release of another environment.

        https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-S3.html
        """
        return Action(
            name=name,
            category="Source",
            provider="S3",
            configuration={
                "S3Bucket": bucket,
                "S3ObjectKey": key,
                # So that a run can take an older release.
                # https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-trigger-source-overrides.html
                "AllowOverrideForS3ObjectKey": "true",
                # The events of a bucket are in its own account; CodePipeline asks instead.
                "PollForSourceChanges": "true",
            },
            outputs=(output,),
        )

    @staticmethod
    def approval(name: str, *, topic_arn: str, text: str) -> Action:
        """Wait until a person approves."""
        return Action(
            name=name,
            category="Approval",
            provider="Manual",
            configuration={"NotificationArn": topic_arn, "CustomData": text},
            timeout_minutes=_WEEK_MINUTES,
        )

    @staticmethod
    def blue_green(name: str, *, application: str, group: str, artifact: str) -> Action:
        """A deployment of CodeDeploy, with the files of one artifact.

        https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECSbluegreen.html
        """
        return Action(
            name=name,
            category="Deploy",
            provider="CodeDeployToECS",
            configuration={
                "ApplicationName": application,
                "DeploymentGroupName": group,
                "TaskDefinitionTemplateArtifact": artifact,
                "TaskDefinitionTemplatePath": "taskdef.json",
                "AppSpecTemplateArtifact": artifact,
                "AppSpecTemplatePath": "appspec.yaml",
                "Image1ArtifactName": artifact,
                "Image1ContainerName": "IMAGE1_NAME",
            },
            inputs=(artifact,),
        )

    def argument(self) -> CodepipelineStageAction:
        """The block of the pipeline."""
        return CodepipelineStageAction(
            name=self.name,
            category=self.category,
            owner="AWS",
            provider=self.provider,
            version=_VERSION,
            configuration=dict(self.configuration),
            input_artifacts=list(self.inputs) or None,
            output_artifacts=list(self.outputs) or None,
            run_order=self.run_order,
            timeout_in_minutes=self.timeout_minutes,
            namespace=self.namespace,
        )


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule of the condition before a stage."""

    name: str
    provider: str
    configuration: Mapping[str, str]

    @staticmethod
    def freeze(config: FreezeSettings | ReleaseWindow) -> Rule:
        """Wait until the freeze is over, and the environment awake, as long as CodePipeline lets a rule wait.

        Without timeout_in_minutes: the provider 5.100.0 does not send it for a rule, and plans it again each time.
        https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-DeploymentWindow.html
        """
        return Rule(
            name="freeze",
            provider="DeploymentWindow",
            configuration={"Cron": config.cron, "TimeZone": config.time_zone},
        )

    @staticmethod
    def alarm(name: str, alarm: str) -> Rule:
        """Do not go on while an alarm is red."""
        return Rule(
            name=name,
            provider="CloudWatchAlarm",
            configuration={"AlarmName": alarm, "AlarmStates": "ALARM", "WaitTime": str(_ALARM_MINUTES)},
        )

    def argument(self) -> CodepipelineStageBeforeEntryConditionRule:
        """The block of the stage."""
        return CodepipelineStageBeforeEntryConditionRule(
            name=self.name,
            rule_type_id=CodepipelineStageBeforeEntryConditionRuleRuleTypeId(
                category="Rule", owner="AWS", provider=self.provider, version=_VERSION
            ),
            configuration=dict(self.configuration),
        )


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A stage; all actions with the same order run side by side."""

    name: str
    actions: tuple[Action, ...]
    rules: tuple[Rule, ...] = field(default=())
    rolls_back: bool = False
    """Whether a failure brings back the last release that got through the stage."""

    def argument(self) -> CodepipelineStage:
        """The block of the pipeline."""
        return CodepipelineStage(
            name=self.name,
            action=[action.argument() for action in self.actions],
            before_entry=CodepipelineStageBeforeEntry(
                condition=CodepipelineStageBeforeEntryCondition(
                    result="FAIL", rule=[rule.argument() for rule in self.rules]
                )
            )
            if self.rules
            else None,
            on_failure=CodepipelineStageOnFailure(result="ROLLBACK") if self.rolls_back else None,
        )


def with_freeze(stages: Sequence[Stage], config: FreezeSettings | ReleaseWindow) -> list[Stage]:
    """The stages, of which the first that changes something waits until the freeze is over, and the environment awake.

    That is `Release`, which has no alarms: AWS does not ask for an alarm again while another rule waits:
    https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-CloudWatchAlarm.html
    """
    first = next(stage for stage in stages if stage.name in CHANGING)
    frozen = replace(first, rules=(Rule.freeze(config), *first.rules))
    return [frozen if stage is first else stage for stage in stages]
