"""Time in the form that the serialisers want."""

import datetime as dt


def now() -> dt.datetime:
    """Return this second in UTC, without a zone: the form that moto's serialisers read as UTC."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)
