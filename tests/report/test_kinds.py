from __future__ import annotations

from report.kinds import ALSO, KINDS, LANES


def test_each_type_stands_in_a_lane_and_has_its_words() -> None:
    assert {kind.lane for kind in KINDS.values()} <= set(LANES)
    assert all(kind.label and kind.plural for kind in KINDS.values())


def test_what_is_shown_with_a_box_has_no_box_of_its_own() -> None:
    assert not set(ALSO) & set(KINDS)
    assert {kind.inner[0] for kind in KINDS.values() if kind.inner} <= set(ALSO)
