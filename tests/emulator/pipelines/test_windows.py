from __future__ import annotations

import datetime as dt

import pytest

from emulator.pipelines.windows import is_in_window

HOURS = "* * 8-15 ? * MON,TUE,WED,THU,FRI"


@pytest.mark.parametrize(
    ("cron", "moment", "is_open"),
    [
        (HOURS, "2026-11-26 08:00", True),  # a Thursday
        (HOURS, "2026-11-26 15:59", True),
        (HOURS, "2026-11-26 16:00", False),
        (HOURS, "2026-11-28 10:00", False),
        ("* * * ? * SAT-SUN", "2026-11-29 10:00", True),
        ("* * * ? * 2-6", "2026-11-29 10:00", False),
        ("* 0/15 * 1 JAN ? 2027", "2027-01-01 03:30", True),
        ("* 0/15 * 1 JAN ? 2027", "2027-01-01 03:31", False),
    ],
)
def test_a_window_is_open_at_the_times_of_its_expression(cron: str, moment: str, *, is_open: bool) -> None:
    assert is_in_window(cron, dt.datetime.fromisoformat(moment)) is is_open


def test_an_expression_of_another_number_of_fields_is_refused() -> None:
    with pytest.raises(ValueError, match="must have six fields or seven"):
        is_in_window("* * 8-15 ? *", dt.datetime.fromisoformat("2026-11-26"))
