"""Which calls a lost region does not answer, among them those of the services that look global.

IAM, Route 53 and CloudFront have their control planes in us-east-1, which are all of their public APIs: without it none
of them is read or changed. Their data planes go on: policies are evaluated, names are resolved, pages are served. STS
is a data plane of each region.
https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/appendix-a---partitional-service-guidance.html
https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/appendix-b---edge-network-global-service-guidance.html

Buckets of all regions are created, deleted and configured there, too; their objects, and what they are configured to,
can be read and written in their own region.
https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/global-services.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from moto.s3.models import s3_backends

from emulator.outages.state import LostRegionError, lost_regions, lost_since

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.http import HttpRequest

CONTROL_PLANES: Final = "us-east-1"
_GLOBAL: Final = frozenset({"cloudfront", "iam", "route53"})
_CHANGES_OF_BUCKETS: Final = frozenset({"DELETE", "PUT"})


def find_refusal(incoming: HttpRequest) -> LostRegionError | None:
    """Return why a call is not answered, or None if it is."""
    if not lost_regions():
        return None
    return next((LostRegionError(region) for region in _regions(incoming) if lost_since(region)), None)


def _regions(incoming: HttpRequest) -> Iterator[str]:
    """The regions without which a call has no answer: of S3, that of the bucket."""
    if incoming.service in _GLOBAL:
        yield CONTROL_PLANES
    elif incoming.service == "s3":
        name, _, key = incoming.path.lstrip("/").partition("/")
        yield _region_of_bucket(name) or incoming.region
        if name and not key and incoming.method in _CHANGES_OF_BUCKETS:
            yield CONTROL_PLANES
    else:
        yield incoming.region


def _region_of_bucket(name: str) -> str | None:
    for regions in list(s3_backends.values()):
        bucket = regions["aws"].buckets.get(name)
        if bucket is not None:
            return str(bucket.region_name)
    return None
