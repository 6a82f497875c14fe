"""Samples for the rules on what trails record, how long that is kept, and on rules of EventBridge."""

from __future__ import annotations

from typing import Any

from tests.compliance.samples import changed, sample, without

Resources = dict[str, dict[str, Any]]

_TRAIL = "aws_cloudtrail.trail"
_LIFECYCLE = "aws_s3_bucket_lifecycle_configuration.trail"
_RECORDS = "trail-records-every-change"
_CATEGORY = {"field": "eventCategory", "equals": ["Management"]}
TRAIL: Resources = {_TRAIL: {"event_selector": [{"read_write_type": "All"}, {"include_management_events": False}]}}
ADVANCED: Resources = {_TRAIL: {"advanced_event_selector": [{"field_selector": [_CATEGORY]}]}}
FILES: Resources = {
    _TRAIL: {"s3_bucket_name": "${aws_s3_bucket.trail.id}"},
    "aws_s3_bucket.trail": {},
    _LIFECYCLE: {
        "bucket": "${aws_s3_bucket.trail.id}",
        "rule": [
            {"status": "Enabled", "expiration": [{"days": 400}]},
            {"status": "Disabled", "expiration": [{"days": 1}]},
        ],
    },
}
EVENTS: Resources = {
    "aws_cloudwatch_event_rule.failed": {"name": "failed"},
    "aws_cloudwatch_event_target.failed": {"rule": "${aws_cloudwatch_event_rule.failed.name}"},
}

SAMPLES = (
    *(
        sample(_RECORDS, TRAIL, {_TRAIL: {"event_selector": selector}}, says="event_selector")
        for selector in (
            {"include_management_events": False},
            {"read_write_type": "WriteOnly"},
            {"exclude_management_event_sources": ["kms.amazonaws.com"]},
        )
    ),
    *(
        sample(_RECORDS, ADVANCED, {_TRAIL: {"advanced_event_selector": {"field_selector": fields}}}, says="Management")
        for fields in (
            [{"field": "eventCategory", "equals": ["Data"]}],
            [_CATEGORY, {"field": "readOnly", "equals": ["false"]}],
        )
    ),
    sample(
        "audit-files-are-kept-a-year",
        FILES,
        changed(FILES, _LIFECYCLE, rule={"expiration": {"days": 30}}),
        at=_LIFECYCLE,
        says="30 days",
    ),
    sample(
        "event-rule-has-a-target",
        EVENTS,
        without(EVENTS, "aws_cloudwatch_event_target.failed"),
        says="no aws_cloudwatch_event_target",
    ),
)
