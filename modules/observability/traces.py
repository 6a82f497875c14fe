"""X-Ray's sampling rules, which decide what the tasks record, and its groups of traces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.xray_group import XrayGroup, XrayGroupInsightsConfiguration
from cdktf_cdktf_provider_aws.xray_sampling_rule import XraySamplingRule
from constructs import Construct

from config.tracing import GROUPS, MOST_RULES
from modules.label import Label, NameLimit
from modules.service.trace_collector import traced_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from config.services import ServiceSettings
    from config.tracing import TracingSettings

_ANY: Final = "*"
_PERCENT: Final = 100
# The design's target for the 95th percentile.
_SLOW_SECONDS: Final = 0.2
# https://docs.aws.amazon.com/xray/latest/devguide/xray-console-filters.html
_FILTERS: Final = {"faults": "fault = true", "slow": f"responsetime > {_SLOW_SECONDS}"}
assert tuple(_FILTERS) == GROUPS  # noqa: S101 (the settings refuse services of these names)


class Traces(Construct):
    """Health checks are not recorded, of other requests a share; slow and failed ones, and each service, are groups.

    The decision is made at the start of a request, before it is known whether it will fail or be slow: so of these too
    only the share is recorded. X-Ray encrypts traces with a key of AWS. A key of the environment is not offered: it
    would be a setting of the whole account that a destroy does not take back, with a key that is deleted.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        config: TracingSettings,
        label: Label,
        services: Mapping[str, ServiceSettings],
    ) -> None:
        """Create the rules and groups.

        Args:
            config: How much is recorded.
            label: Names them.
            services: The services of the environment by their name; those with tracing are meant.
        """
        super().__init__(scope, id_)
        self._label = label
        traced = {name: settings for name, settings in services.items() if settings.tracing}
        # All with one number: each is of another service, so no request is for two of them, and a further service moves
        # none. Rules with one number are compared by their names:
        # https://github.com/aws/aws-xray-sdk-java/blob/master/aws-xray-recorder-sdk-core/src/main/java/com/amazonaws/xray/strategy/sampling/rule/CentralizedRule.java
        for name, settings in traced.items():
            self._add_rule(
                f"{name}-health",
                service=traced_name(label, name),
                path=settings.health_path.partition("?")[0],
                priority=config.first_priority,
                reservoir=0,
                rate=0,
            )
        # Evaluated last, and at a number that does not change when a service is added.
        self._add_rule(
            "requests",
            service=f"{label.prefix}-*",
            path=_ANY,
            priority=config.first_priority + MOST_RULES,
            reservoir=config.reservoir,
            rate=config.sampling_percent / _PERCENT,
        )
        for name, condition in _FILTERS.items():
            each = (f'service("{traced_name(label, service)}") {{ {condition} }}' for service in traced)
            self._add_group(name, " OR ".join(each), insights=False)
        for name in traced:
            self._add_group(name, f'service("{traced_name(label, name)}")', insights=config.insights)

    def _add_rule(self, name: str, *, service: str, path: str, priority: int, reservoir: int, rate: float) -> None:
        XraySamplingRule(
            self,
            f"{name}-rule",
            rule_name=self._label.name(name, limit=NameLimit.XRAY),
            priority=priority,
            version=1,
            reservoir_size=reservoir,
            fixed_rate=rate,
            service_name=service,
            service_type=_ANY,
            host=_ANY,
            http_method=_ANY,
            url_path=path,
            resource_arn=_ANY,
        )

    def _add_group(self, name: str, expression: str, *, insights: bool) -> None:
        XrayGroup(
            self,
            f"{name}-group",
            group_name=self._label.name(name, limit=NameLimit.XRAY),
            filter_expression=expression,
            # Nobody takes the events of insights: the alarms notify.
            insights_configuration=XrayGroupInsightsConfiguration(
                insights_enabled=insights, notifications_enabled=False
            ),
        )
