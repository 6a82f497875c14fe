"""What happens to the images that run, and to the functions of the pipeline and of its deployments."""

from __future__ import annotations

from typing import Final

from tests.alarms import where
from tests.alarms.faults import START, bad
from tests.alarms.scenario import Expected, Scenario
from tests.alarms.world import both, world

_DAY: Final = 24 * 60
_NEXT_SCAN: Final = _DAY + 15

SCENARIOS: Final = (
    # One message for all the days in which it is so, and not one with each scan.
    Scenario(
        name="a vulnerability of an image that runs becomes known, and its correction is deployed after a day",
        steps=((START, world(critical_findings=2)), (2 * _DAY - 1, both())),
        expected=(Expected("critical: vulnerable-images", _NEXT_SCAN, where.BASIC_SCANS, after=_DAY),),
        minutes=2 * _DAY + 30,
    ),
    bad(
        "no release is built for a month",
        world(image_days=30.5),
        Expected("warning: old-images", _NEXT_SCAN, where.DELIVERY, after=_DAY),
        minutes=_DAY,
    ),
    bad("no release is built for four weeks", world(image_days=28), minutes=_DAY),
    bad("no task runs when the images are scanned", world(critical_findings=None, image_days=None), minutes=_DAY),
    *(
        bad(
            f"a message of the rule {rule} is not delivered",
            world(undelivered={rule: 1}),
            Expected("warning: delivery-events-undelivered", START + 8, where.DELIVERY),
            minutes=1,
            only=only,
        )
        for rule, only in (
            ("releases", where.INFO),
            ("waiting-releases", where.INFO),
            ("failed-releases", where.DELIVERY),
            ("rolled-back-releases", where.DELIVERY),
            ("vulnerable-releases", where.ENHANCED_SCANS),
        )
    ),
    bad(
        "the images that run cannot be scanned",
        world(failed_messages={"image-updates": 1}),
        Expected("warning: image-updates-failed", START + 8, where.DELIVERY),
        minutes=1,
    ),
    bad(
        "scaling cannot be suspended for a deployment",
        world(failed_messages={"deployment-scaling": 1}),
        Expected("warning: deployment-scaling-failed", START + 8, where.BLUE_GREEN),
        minutes=1,
    ),
)
