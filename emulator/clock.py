"""Time in the format of moto's serializers."""

import datetime as dt


def now() -> dt.datetime:
    """Return the current second in UTC, without a time zone: moto's serializers read it as UTC."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)
