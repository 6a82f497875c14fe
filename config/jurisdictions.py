"""Whose law applies to data in a region: a copy in another jurisdiction is a transfer of data abroad."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from config.errors import Problem

EEA: Final = "the European Economic Area"

JURISDICTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    EEA: ("eu-central-1", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-3"),
    "the United Kingdom": ("eu-west-2",),
    "Switzerland": ("eu-central-2",),
    "the United States": ("us-east-1", "us-east-2", "us-west-1", "us-west-2"),
    "Canada": ("ca-central-1", "ca-west-1"),
    "Mexico": ("mx-central-1",),
    "Brazil": ("sa-east-1",),
    "South Africa": ("af-south-1",),
    "Hong Kong": ("ap-east-1",),
    "Japan": ("ap-northeast-1", "ap-northeast-3"),
    "South Korea": ("ap-northeast-2",),
    "India": ("ap-south-1", "ap-south-2"),
    "Singapore": ("ap-southeast-1",),
    "Australia": ("ap-southeast-2", "ap-southeast-4"),
    "Indonesia": ("ap-southeast-3",),
    "Malaysia": ("ap-southeast-5",),
    "Thailand": ("ap-southeast-7",),
    "Israel": ("il-central-1",),
    "the United Arab Emirates": ("me-central-1",),
    "Bahrain": ("me-south-1",),
}
"""The regions of each jurisdiction: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html

The countries of the European Economic Area are one, because data moves freely between them:
https://eur-lex.europa.eu/eli/reg/2016/679/oj (Article 1.3, and Article 44 for other countries)
"""


_WITHOUT_COPIES: Final = 'use mode = "none", with the exceptions of docs/recovery.md where protect_data = true'


def jurisdiction(region: str) -> str:
    """The jurisdiction of a region, as a message names it."""
    return next(name for name, regions in JURISDICTIONS.items() if region in regions)


def offer_second_region(region: str, *, without: Collection[str] = ()) -> str:
    """What to do instead of a second region that is refused: the other regions of the same jurisdiction.

    Args:
        region: The environment's own region.
        without: Regions that are refused for the same reason.
    """
    here = jurisdiction(region)
    others = [other for other in JURISDICTIONS[here] if other != region and other not in without]
    if others:
        return f"use {' or '.join(others)}"
    return f"AWS has no other region for it in {here}; {_WITHOUT_COPIES}"


def check_jurisdiction(
    region: str,
    recovery__region: str | None,
    recovery__copies_leave_jurisdiction: bool | None,  # noqa: FBT001 (a setting)
) -> Iterator[Problem]:
    """Copies stay where the law is that of the data, unless the settings say that they may leave it."""
    if recovery__region is None:
        return
    here, there = jurisdiction(region), jurisdiction(recovery__region)
    if here == there and recovery__copies_leave_jurisdiction:
        yield Problem(
            key="recovery.copies_leave_jurisdiction",
            value=recovery__copies_leave_jurisdiction,
            allowed=f"has no effect: {region} and {recovery__region} are both in {here}; remove it",
        )
    if here == there or recovery__copies_leave_jurisdiction:
        return
    yield Problem(
        key="recovery.region",
        value=recovery__region,
        allowed=f"is in {there}, and the data is in {here}; {offer_second_region(region)}, or set "
        "copies_leave_jurisdiction = true in [recovery] if the law and your contracts allow the transfer",
    )
