"""What the role of a pipeline may do: start its builds and deployments, and read its repository and its alarms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modules.policy import Condition, Statement
from modules.role import ServicePrincipal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modules.delivery.build_project import BuildPlace, BuildProject
    from modules.delivery.stages import Stage
    from modules.label import Label
    from modules.role import Role
    from modules.service.deployment_group import DeploymentGroup
    from modules.service.fargate_service import FargateService


def grant_alarms(role: Role) -> None:
    """Let the pipeline read alarms, which IAM grants on all of them only.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
    """
    role.add_to_policy(Statement(sid="ReadAlarms", actions=("cloudwatch:DescribeAlarms",), resources=("*",)))


def grant_builds(role: Role, stages: Sequence[Stage], projects: Sequence[BuildProject], *, place: BuildPlace) -> None:
    """Let the pipeline run its projects, and each of them use the artifacts of its actions.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html
    """
    arns = tuple(project.arn for project in projects)
    role.add_to_policy(
        Statement(sid="RunBuilds", actions=("codebuild:BatchGetBuilds", "codebuild:StartBuild"), resources=arns)
    )
    # No other artifacts: a build runs code of the application, and what it could replace, a later action would deploy.
    by_name = {project.name: project for project in projects}
    for action in (action for stage in stages for action in stage.actions):
        project = by_name.get(action.configuration.get("ProjectName", ""))
        if project:
            place.store.grant_action(
                project.role, pipeline=place.pipeline, inputs=action.inputs, outputs=action.outputs
            )


def grant_connection(role: Role, connection_arn: str) -> None:
    """Let the pipeline read the repository, whichever of its two names the service has in the ARN.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodestarConnectionSource.html
    """
    role.add_to_policy(
        Statement(
            sid="UseConnection",
            actions=("codeconnections:UseConnection", "codestar-connections:UseConnection"),
            resources=(connection_arn,),
        )
    )


def grant_blue_green(
    role: Role, label: Label, groups: Sequence[DeploymentGroup], services: Sequence[FargateService]
) -> None:
    """Let the pipeline start deployments of CodeDeploy to ECS.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECSbluegreen.html
    """
    applications = tuple(label.arn("codedeploy", f"application:{group.application_name}") for group in groups)
    role.add_to_policy(
        Statement(
            sid="UseApplications",
            actions=(
                "codedeploy:GetApplication",
                "codedeploy:GetApplicationRevision",
                "codedeploy:RegisterApplicationRevision",
            ),
            resources=applications,
        ),
        Statement(
            sid="Deploy",
            actions=("codedeploy:CreateDeployment", "codedeploy:GetDeployment"),
            resources=tuple(
                label.arn("codedeploy", f"deploymentgroup:{group.application_name}/{group.name}") for group in groups
            ),
        ),
        Statement(
            sid="ReadShift",
            actions=("codedeploy:GetDeploymentConfig",),
            resources=tuple(
                label.arn("codedeploy", f"deploymentconfig:{name}")
                for name in (f"{label.prefix}-*", "CodeDeployDefault.ECSAllAtOnce")
            ),
        ),
    )
    grant_task_definitions(role, label, services)


def grant_rolling(role: Role, label: Label, service: FargateService) -> None:
    """Let a build deploy a service that ECS replaces task by task."""
    role.add_to_policy(
        Statement(sid="Deploy", actions=("ecs:DescribeServices", "ecs:UpdateService"), resources=(service.arn,))
    )
    grant_task_definitions(role, label, [service])


def grant_task_definitions(role: Role, label: Label, services: Sequence[FargateService]) -> None:
    """Let `role` register revisions with the roles of the services; the registration itself names no resource.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
    """
    families = tuple(label.arn("ecs", f"task-definition/{service.task.family}:*") for service in services)
    role.add_to_policy(
        Statement(sid="RegisterTaskDefinitions", actions=("ecs:RegisterTaskDefinition",), resources=("*",)),
        Statement(sid="TagTaskDefinitions", actions=("ecs:TagResource",), resources=families),
        Statement(
            sid="AllowPassRole",
            actions=("iam:PassRole",),
            resources=tuple(arn for service in services for arn in (service.execution_role.arn, service.task_role.arn)),
            conditions=(
                Condition(
                    operator="StringEquals", key="iam:PassedToService", values=(ServicePrincipal.ECS_TASKS.value,)
                ),
            ),
        ),
    )
