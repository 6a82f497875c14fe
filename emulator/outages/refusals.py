"""Which calls a lost region does not answer, among them those of the services that look global.

IAM, Route 53 and CloudFront have their control planes in us-east-1: without it nothing of them can be changed. Their
data planes go on: policies are evaluated, names are resolved, pages are served. That their APIs still answer what only
reads is an assumption; AWS promises no more than the data planes.
https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/global-services.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from moto.s3.models import s3_backends

from emulator.outages.state import LostRegionError, lost_regions, lost_since

if TYPE_CHECKING:
    from emulator.http import HttpRequest

CONTROL_PLANES: Final = "us-east-1"
_GLOBAL: Final = frozenset({"cloudfront", "iam", "route53"})
_READS: Final = frozenset({"GET", "HEAD"})
_READING_ACTIONS: Final = ("Get", "List", "Simulate")


def find_refusal(incoming: HttpRequest) -> LostRegionError | None:
    """Return why a call is not answered, or None if it is."""
    if not lost_regions():
        return None
    region = CONTROL_PLANES if incoming.service in _GLOBAL else _region(incoming)
    if lost_since(region) is None or (incoming.service in _GLOBAL and _reads(incoming)):
        return None
    return LostRegionError(region)


def _region(incoming: HttpRequest) -> str:
    """The region that answers: of S3, that of the bucket."""
    if incoming.service != "s3":
        return incoming.region
    name = incoming.path.lstrip("/").partition("/")[0]
    for regions in list(s3_backends.values()):
        bucket = regions["aws"].buckets.get(name)
        if bucket is not None:
            return str(bucket.region_name)
    return incoming.region


def _reads(incoming: HttpRequest) -> bool:
    action = incoming.action
    return action.startswith(_READING_ACTIONS) if action else incoming.method in _READS
