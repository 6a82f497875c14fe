"""The alarms that keep a release out of the stage Deploy while they are red."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modules.delivery.stages import MOST_RULES, Rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modules.service.fargate_service import FargateService
    from modules.service.load_balancer import LoadBalancer


def alarm_rules(services: Sequence[FargateService], load_balancer: LoadBalancer | None) -> tuple[Rule, ...]:
    """A rule for the first alarm of each service, its errors, and one for the load balancer's own errors.

    AWS takes five rules. The others are watched all the same: CodeDeploy and ECS start no deployment while an alarm of
    its service is red. Not one rule for a composite alarm: no page says that CodePipeline reads those, and without
    AlarmTypes DescribeAlarms returns metric alarms only.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
    """
    names = [one.alarms.names[0] for one in services if one.alarms and one.alarms.names]
    if load_balancer and load_balancer.error_alarm:
        names.append(load_balancer.error_alarm.name)
    return tuple(Rule.alarm(f"alarm-{number}", name) for number, name in enumerate(names[:MOST_RULES], start=1))
