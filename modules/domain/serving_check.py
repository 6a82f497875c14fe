"""Route 53's check of which region serves: what opens the record of one region closes that of the other."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.route53_health_check import Route53HealthCheck
from constructs import Construct

from modules.domain.check_status import check_status
from modules.recovery.serving_metric import serving_alarm_digest, serving_alarm_name

if TYPE_CHECKING:
    from modules.label import Label
    from modules.metric import Metric

_WITHOUT_DATA: Final = "LastKnownStatus"
"""The names stay where they lead: neither another loss nor a function that fails may switch them."""


class ServingCheck(Construct):
    """Healthy while a region serves: both regions' checks are about one alarm, one of them inverted.

    So exactly one of the two is healthy, whatever the alarm's data say and whether there are any. The alarm is in the
    second region, known by its name; a check that is made before it has values takes the environment's own region to
    serve. Route 53 evaluates the metric, not the state of the alarm:
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
    """

    def __init__(self, scope: Construct, id_: str, *, label: Label, second_region: str, of_second: bool) -> None:
        """Create the check.

        Args:
            label: Tags it.
            second_region: The region of the alarm.
            of_second: Whether it is healthy while the second region serves, and not while the environment's own does.
        """
        super().__init__(scope, id_)
        there = label.in_region(second_region)
        self._check = Route53HealthCheck(
            self,
            "Default",
            type="CLOUDWATCH_METRIC",
            cloudwatch_alarm_name=serving_alarm_name(there),
            cloudwatch_alarm_region=second_region,
            insufficient_data_health_status=_WITHOUT_DATA,
            invert_healthcheck=of_second,
            triggers={"alarm": serving_alarm_digest(there, region=second_region)},
            tags=label.name_tag("serving-second" if of_second else "serving-home"),
        )

    @property
    def status(self) -> Metric:
        """1 while Route 53 answers with the record of its region, else 0."""
        return check_status(self.id)

    @cached_property
    def id(self) -> str:
        """Id of the check, for records."""
        return self._check.id
