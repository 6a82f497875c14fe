"""CloudTrail, GuardDuty, AWS Config, Security Hub, Access Analyzer, Inspector."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pricing.charge import Charge, Gap, Item, Site, prices
from pricing.kinds.databases import vcpus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pricing.resource import Billable

_THREATS: Final = "GuardDuty"
_INSPECTOR: Final = "Inspector"


@prices("aws_cloudtrail")
def trail(resource: Billable, site: Site) -> Iterator[Item]:
    """The first trail of management events is free; data events and insights are not."""
    yield Charge(component="CloudTrail", price="trail_management", quantity=1)
    selectors = [*resource.blocks("event_selector"), *resource.blocks("advanced_event_selector")]
    if any(each.get("data_resource") or each.get("field_selector") for each in selectors):
        events = site.usage.trail_data_events_hundred_thousand
        yield Charge(component="CloudTrail", price="trail_data", quantity=events, is_usage=True)
    if resource.blocks("insight_selector"):
        yield Gap(component="CloudTrail", reason="CloudTrail Insights has no price")


@prices("aws_guardduty_detector")
def detector(resource: Billable, site: Site) -> Iterator[Item]:
    """Management events, flow logs and DNS queries, which it always analyzes."""
    if resource.get("enable") is not False:
        usage = site.usage
        yield Charge(component=_THREATS, price="guardduty_events", quantity=usage.trail_events_million, is_usage=True)
        yield Charge(component=_THREATS, price="guardduty_logs", quantity=usage.threat_log_gib, is_usage=True)


@prices("aws_guardduty_detector_feature")
def detector_feature(resource: Billable, site: Site) -> Iterator[Item]:
    """What it analyzes besides.

    https://aws.amazon.com/guardduty/pricing/
    """
    if resource.text("status") != "ENABLED":
        return
    name = resource.text("name")
    if name == "S3_DATA_EVENTS":
        events = site.usage.trail_data_events_hundred_thousand / 10
        yield Charge(component=_THREATS, price="guardduty_s3_events", quantity=events, is_usage=True)
    elif name == "RDS_LOGIN_EVENTS":
        instances = [one for one in site.inventory.all("aws_db_instance") if one.region == resource.region]
        count = sum(vcpus(one.text("instance_class")) or 0 for one in instances)
        if count:
            yield Charge(component=_THREATS, price="guardduty_rds", quantity=count)
    else:
        yield Gap(component=_THREATS, reason=f"the feature {name} has no price")


@prices("aws_config_configuration_recorder")
def recorder(resource: Billable, site: Site) -> Iterator[Item]:
    """The items that it records."""
    is_daily = resource.block("recording_mode").get("recording_frequency") == "DAILY"
    price = "config_item_daily" if is_daily else "config_item"
    yield Charge(component="AWS Config", price=price, quantity=site.usage.config_items, is_usage=True)


@prices("aws_config_config_rule", "aws_config_organization_managed_rule")
def config_rule(resource: Billable, site: Site) -> Iterator[Item]:  # noqa: ARG001
    """Its evaluations: each recorded item is evaluated once by each rule."""
    items = site.usage.config_items
    yield Charge(component="AWS Config", price="config_evaluation", quantity=items, is_usage=True)


@prices("aws_securityhub_standards_subscription")
def standard(resource: Billable, site: Site) -> Iterator[Item]:  # noqa: ARG001
    """The checks of a standard; the rules of AWS Config that it makes cost nothing else."""
    checks = site.usage.security_checks_per_standard
    yield Charge(component="Security Hub", price="security_hub_check", quantity=checks, is_usage=True)


@prices("aws_accessanalyzer_analyzer")
def analyzer(resource: Billable, site: Site) -> Iterator[Item]:  # noqa: ARG001
    """An analyzer of external access is free, one of unused access is not."""
    if "UNUSED_ACCESS" in resource.text("type"):
        yield Gap(component="Access Analyzer", reason="an analyzer of unused access has no price")


@prices("aws_ecr_registry_scanning_configuration")
def scanning(resource: Billable, site: Site) -> Iterator[Item]:
    """Scans of Inspector; the basic scan is free."""
    if resource.text("scan_type") == "ENHANCED":
        yield Charge(component=_INSPECTOR, price="inspector_image", quantity=site.usage.images, is_usage=True)
        again = site.usage.image_rescans
        yield Charge(component=_INSPECTOR, price="inspector_image_again", quantity=again, is_usage=True)


@prices("aws_inspector2_enabler")
def inspector(resource: Billable, site: Site) -> Iterator[Item]:
    """What it scans of images; other types have no price."""
    types = resource.get("resource_types")
    for kind in types if isinstance(types, list) else ["unknown"]:
        if kind == "ECR":
            yield Charge(component=_INSPECTOR, price="inspector_image", quantity=site.usage.images, is_usage=True)
        else:
            yield Gap(component=_INSPECTOR, reason=f"scans of {kind} have no price")
