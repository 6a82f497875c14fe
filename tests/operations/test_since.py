from __future__ import annotations

from datetime import UTC, datetime

import pytest

from operations.since import parse_since
from runner.errors import RunnerError

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("90s", datetime(2026, 11, 27, 11, 58, 30, tzinfo=UTC)),
        ("15m", datetime(2026, 11, 27, 11, 45, tzinfo=UTC)),
        ("2h", datetime(2026, 11, 27, 10, 0, tzinfo=UTC)),
        ("3d", datetime(2026, 11, 24, 12, 0, tzinfo=UTC)),
        ("1w", datetime(2026, 11, 20, 12, 0, tzinfo=UTC)),
        ("2026-11-27", datetime(2026, 11, 27, tzinfo=UTC)),
        ("2026-11-27T09:00", datetime(2026, 11, 27, 9, 0, tzinfo=UTC)),
        ("2026-11-27T09:00+02:00", datetime(2026, 11, 27, 7, 0, tzinfo=UTC)),
        ("9999w", datetime(1970, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_moment(text: str, found: datetime) -> None:
    assert parse_since(text, now=NOW) == found


@pytest.mark.parametrize("text", ["", "x", "15", "m", "-5m", "15 m", "1.5h", "99999d", "2026-13-01", "15m\n"])
def test_what_is_not_a_moment(text: str) -> None:
    with pytest.raises(RunnerError) as error:
        parse_since(text, now=NOW)
    assert error.value.message == f"SINCE={text} is not a valid time."
    assert "15m" in error.value.remedy


def test_the_future_has_no_logs() -> None:
    with pytest.raises(RunnerError, match=r"SINCE=2027-01-01 is in the future: it is 2026-11-27T12:00 UTC now\."):
        parse_since("2027-01-01", now=NOW)
