from collections import Counter

import pytest

from config.aws import REGIONS
from config.jurisdictions import EEA, JURISDICTIONS, check_jurisdiction, jurisdiction, offer_second_region


def test_each_region_has_one_jurisdiction() -> None:
    assert Counter(region for regions in JURISDICTIONS.values() for region in regions) == Counter(REGIONS)


@pytest.mark.parametrize(
    ("region", "name"),
    [
        ("us-east-1", "the United States"),
        ("eu-central-1", EEA),
        ("eu-central-2", "Switzerland"),
        ("eu-west-2", "the United Kingdom"),
        ("ca-west-1", "Canada"),
    ],
)
def test_a_region_in_europe_is_not_always_one_of_the_eu(region: str, name: str) -> None:
    assert jurisdiction(region) == name


@pytest.mark.parametrize("home", REGIONS)
def test_the_other_regions_of_a_jurisdiction_are_offered(home: str) -> None:
    abroad = "us-west-2" if jurisdiction(home) != "the United States" else "ca-central-1"
    (problem,) = check_jurisdiction(home, abroad, recovery__copies_leave_jurisdiction=False)
    others = [region for region in JURISDICTIONS[jurisdiction(home)] if region != home]
    offered = (
        f"use {' or '.join(others)}, or set"
        if others
        else 'use mode = "none", with the exceptions of docs/recovery.md where protect_data = true, or set'
    )
    assert offered in problem.allowed
    assert list(check_jurisdiction(home, abroad, recovery__copies_leave_jurisdiction=True)) == []
    assert all(not list(check_jurisdiction(home, other, recovery__copies_leave_jurisdiction=False)) for other in others)


def test_a_region_that_is_refused_for_the_same_reason_is_not_offered() -> None:
    assert offer_second_region("us-east-1", without={"us-west-1", "us-east-2"}) == "use us-west-2"
    assert offer_second_region("ca-central-1", without={"ca-west-1"}) == (
        'AWS has no other region for it in Canada; use mode = "none", with the exceptions of docs/recovery.md where '
        "protect_data = true"
    )


def test_copies_that_stay_need_no_leave() -> None:
    (problem,) = check_jurisdiction("us-east-1", "us-west-2", recovery__copies_leave_jurisdiction=True)
    assert str(problem) == (
        "recovery.copies_leave_jurisdiction = true: has no effect: us-east-1 and us-west-2 are both in the United "
        "States; remove it"
    )
