"""A blue/green deployment of one service: what CodeDeploy shifts, how, what stops it, and what it may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.codedeploy_app import CodedeployApp
from cdktf_cdktf_provider_aws.codedeploy_deployment_group import (
    CodedeployDeploymentGroup,
    CodedeployDeploymentGroupAlarmConfiguration,
    CodedeployDeploymentGroupAutoRollbackConfiguration,
    CodedeployDeploymentGroupBlueGreenDeploymentConfig,
    CodedeployDeploymentGroupBlueGreenDeploymentConfigDeploymentReadyOption,
    CodedeployDeploymentGroupBlueGreenDeploymentConfigTerminateBlueInstancesOnDeploymentSuccess,
    CodedeployDeploymentGroupDeploymentStyle,
    CodedeployDeploymentGroupEcsService,
    CodedeployDeploymentGroupLoadBalancerInfo,
    CodedeployDeploymentGroupLoadBalancerInfoTargetGroupPairInfo,
    CodedeployDeploymentGroupLoadBalancerInfoTargetGroupPairInfoProdTrafficRoute,
    CodedeployDeploymentGroupLoadBalancerInfoTargetGroupPairInfoTargetGroup,
    CodedeployDeploymentGroupLoadBalancerInfoTargetGroupPairInfoTestTrafficRoute,
)
from constructs import Construct

from modules.errors import LimitError, WiringError
from modules.label import Label, NameLimit
from modules.policy import Condition, Statement
from modules.role import Role, ServicePrincipal

if TYPE_CHECKING:
    from config.deployment import DeploymentSettings
    from modules.service.cluster import Cluster
    from modules.service.fargate_service import FargateService
    from modules.service.smoke_test import SmokeTest
    from modules.service.target_groups import TargetGroups
    from modules.service.traffic_shift import TrafficShift

MOST_ALARMS: Final = 10
"""https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_AlarmConfiguration.html"""
# Also of a deployment that a person stops: it would leave the requests with two versions.
_ROLLED_BACK: Final = ("DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST")

_Style = CodedeployDeploymentGroupDeploymentStyle
_BlueGreen = CodedeployDeploymentGroupBlueGreenDeploymentConfig
_Ready = CodedeployDeploymentGroupBlueGreenDeploymentConfigDeploymentReadyOption
_Termination = CodedeployDeploymentGroupBlueGreenDeploymentConfigTerminateBlueInstancesOnDeploymentSuccess
_Pair = CodedeployDeploymentGroupLoadBalancerInfoTargetGroupPairInfo
_Production = CodedeployDeploymentGroupLoadBalancerInfoTargetGroupPairInfoProdTrafficRoute
_Test = CodedeployDeploymentGroupLoadBalancerInfoTargetGroupPairInfoTestTrafficRoute
_TargetGroup = CodedeployDeploymentGroupLoadBalancerInfoTargetGroupPairInfoTargetGroup


def application_name(label: Label, service: str) -> str:
    """Name of the application of a service, which is also that of its deployment group."""
    return label.name(service, limit=NameLimit.CODEDEPLOY)


class DeploymentGroup(Construct):
    """The CodeDeploy application of a service, with its only deployment group.

    A deployment starts the new tasks beside the old ones in the other target group, leads the test listener to them,
    waits for the smoke test, and then shifts the requests of users. If one of these fails, an alarm goes off or a
    person stops it, the requests go back to the old tasks, which stay for a while after the shift, too.

    What happens is an event, which notifies the topics: `modules/service/service_events.py`.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        config: DeploymentSettings,
        label: Label,
        service: FargateService,
        cluster: Cluster,
        shift: TrafficShift,
        smoke_test: SmokeTest,
    ) -> None:
        """Create the application and its group.

        Args:
            config: How long the old tasks stay.
            label: Names both.
            service: What is deployed; it must have two target groups and alarms.
            cluster: Where it runs.
            shift: How the requests are shifted.
            smoke_test: The hook that `appspec.yaml` names.

        Raises:
            WiringError: The service has no two target groups and no alarms.
            LimitError: It has more alarms than CodeDeploy takes.
        """
        super().__init__(scope, id_)
        target, alarms = service.target, service.alarms
        if target is None or alarms is None or "test" not in target.load_balancer.listener_arns:
            raise WiringError(self, f"{service.name} has no test listener or no alarms: CodeDeploy cannot deploy it")
        if len(alarms.names) > MOST_ALARMS:
            raise LimitError(self, f"watches {len(alarms.names)} alarms; CodeDeploy takes {MOST_ALARMS} or fewer")
        self._label = label
        self._role = Role(
            self,
            "role",
            label=label,
            name=f"{service.name}-deployment",
            service=ServicePrincipal.CODEDEPLOY,
            description=f"CodeDeploy deploys {service.name} with it",
        )
        self._grant(service, cluster, target, smoke_test)
        name = application_name(label, service.name)
        application = CodedeployApp(self, "application", name=name, compute_platform="ECS")
        listeners = target.load_balancer.listener_arns
        self._group = CodedeployDeploymentGroup(
            self,
            "Default",
            app_name=application.name,
            deployment_group_name=name,
            deployment_config_name=shift.name,
            service_role_arn=self._role.arn,
            deployment_style=_Style(deployment_type="BLUE_GREEN", deployment_option="WITH_TRAFFIC_CONTROL"),
            ecs_service=CodedeployDeploymentGroupEcsService(
                cluster_name=cluster.name, service_name=service.service_name
            ),
            load_balancer_info=CodedeployDeploymentGroupLoadBalancerInfo(
                target_group_pair_info=_Pair(
                    prod_traffic_route=_Production(listener_arns=[listeners["production"]]),
                    test_traffic_route=_Test(listener_arns=[listeners["test"]]),
                    target_group=[_TargetGroup(name=group) for group in target.names],
                )
            ),
            blue_green_deployment_config=_BlueGreen(
                deployment_ready_option=_Ready(action_on_timeout="CONTINUE_DEPLOYMENT"),
                terminate_blue_instances_on_deployment_success=_Termination(
                    action="TERMINATE", termination_wait_time_in_minutes=config.keep_old_minutes
                ),
            ),
            auto_rollback_configuration=CodedeployDeploymentGroupAutoRollbackConfiguration(
                enabled=True, events=list(_ROLLED_BACK)
            ),
            alarm_configuration=CodedeployDeploymentGroupAlarmConfiguration(
                enabled=True,
                alarms=alarms.names,
                ignore_poll_alarm_failure=False,  # without its alarms a version must not get all requests
            ),
            # Without its permissions a deployment that starts at once would fail.
            depends_on=self._role.dependables,
        )

    @property
    def name(self) -> str:
        """Name of the deployment group."""
        return self._group.deployment_group_name

    @property
    def application_name(self) -> str:
        """Name of its application."""
        return self._group.app_name

    def _grant(self, service: FargateService, cluster: Cluster, target: TargetGroups, smoke_test: SmokeTest) -> None:
        """What AWS's policy for this role allows on everything, on what this group deploys.

        https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCodeDeployRoleForECS.html
        Without sns:Publish, because the group has no triggers, and without s3:GetObject: `appspec.yaml` comes with the
        call that starts a deployment. What supports which resources:
        https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
        https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html
        """
        task_sets = self._label.arn("ecs", f"task-set/{cluster.name}/{service.service_name}/*")
        self._role.add_to_policy(
            Statement(
                actions=("ecs:DescribeServices", "ecs:UpdateServicePrimaryTaskSet"),
                resources=(service.arn,),
            ),
            Statement(actions=("ecs:CreateTaskSet", "ecs:DeleteTaskSet"), resources=(task_sets,)),
            Statement(
                sid="AllowPassRole",
                actions=("iam:PassRole",),
                resources=(service.execution_role.arn, service.task_role.arn),
                conditions=(
                    Condition(
                        operator="StringEquals", key="iam:PassedToService", values=(ServicePrincipal.ECS_TASKS.value,)
                    ),
                ),
            ),
            Statement(
                actions=(
                    "cloudwatch:DescribeAlarms",
                    "elasticloadbalancing:DescribeListeners",
                    "elasticloadbalancing:DescribeRules",
                    "elasticloadbalancing:DescribeTargetGroups",
                ),
                resources=("*",),
            ),
            Statement(
                actions=("elasticloadbalancing:ModifyListener",),
                resources=tuple(target.load_balancer.listener_arns.values()),
            ),
            Statement(actions=("elasticloadbalancing:ModifyRule",), resources=tuple(target.rule_arns)),
            Statement(actions=("lambda:InvokeFunction",), resources=(smoke_test.arn,)),
        )
