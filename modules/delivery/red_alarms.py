"""The alarms that keep a release out of the stage that changes the environment first while they are red."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modules.delivery.stages import MOST_RULES, Rule
from modules.errors import LimitError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct

    from modules.service.fargate_service import FargateService
    from modules.service.load_balancer import LoadBalancer


def alarm_rules(
    scope: Construct, services: Sequence[FargateService], load_balancer: LoadBalancer | None
) -> tuple[Rule, ...]:
    """A rule for the first alarm of each service, its errors, and one for the load balancer's own errors.

    CodeDeploy watches the other alarms of a service too, and starts no deployment while one is red. ECS does not: if
    one is red at the start of a deployment, it watches none of them during it:
    https://github.com/aws/copilot-cli/blob/mainline/site/content/docs/include/deployment.en.md
    Not one rule for a composite alarm: no page says that CodePipeline reads those, and without AlarmTypes
    DescribeAlarms returns metric alarms only: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html

    Raises:
        LimitError: They are more than AWS takes.
    """
    names = [one.alarms.names[0] for one in services if one.alarms and one.alarms.names]
    if load_balancer and load_balancer.error_alarm:
        names.append(load_balancer.error_alarm.name)
    if len(names) > MOST_RULES:
        raise LimitError(
            scope,
            f"a condition of CodePipeline takes {MOST_RULES} rules or fewer, and there are {len(names)} alarms: "
            f"{', '.join(names)}; have fewer services in a pipeline",
        )
    return tuple(Rule.alarm(f"alarm-{number}", name) for number, name in enumerate(names, start=1))
