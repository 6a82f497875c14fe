"""Settings of [delivery.updates]: how images that run get the corrections of their base images."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated, Final

from pydantic import AfterValidator, Field, WithJsonSchema

from config.errors import Problem
from config.freeze import FreezeSettings
from config.maintenance_windows import WEEKDAYS
from config.model import Model
from config.release_window import check_release_window, release_window
from config.sleep import SleepSettings, TimeZone, read_zone

NEVER: Final = "never"
_TIME: Final = rf"({'|'.join(WEEKDAYS)}) ((?:[01][0-9]|2[0-3]):00)"
_DEFAULT_ZONE: Final = "UTC"
# A Monday in winter and one in summer: two clocks can differ by another time in each.
_WEEKS: Final = (datetime(2026, 1, 5), datetime(2026, 7, 6))  # noqa: DTZ001 (its zone is what is asked)


def _rebuild(value: str) -> str:
    if value != NEVER and not re.fullmatch(_TIME, value):
        message = (
            f'is not a valid time; use a day ({", ".join(WEEKDAYS)}) and a full hour, like "tue 10:00", or "{NEVER}"'
        )
        raise ValueError(message)
    return value


RebuildTime = Annotated[
    str,
    AfterValidator(_rebuild),
    WithJsonSchema({"type": "string", "pattern": f"^({_TIME.replace('(?:', '(')}|{NEVER})$"}),
]
"""A day and a full hour of each week."""


class UpdatesSettings(Model):
    """When the images that run are scanned and built again."""

    rebuild: RebuildTime = "tue 10:00"
    """When the released commit is built again on fresh base images, each week, or "never"; not with release_from.

    The images that run are scanned again each day at that hour, with release_from and "never" at 10:00.
    """

    time_zone: TimeZone | None = None
    """On whose clocks that is; without it those of [cost.sleep], else of [delivery.freeze], else UTC."""

    rebuild_on_findings: bool = False
    """Whether a critical finding on an image that runs starts that run, too; not with release_from."""

    max_age_days: int = Field(default=30, ge=8, le=365)
    """The age of an image that runs, in days since it was built, at which [notifications.warning] is notified."""

    @property
    def _time(self) -> str:
        return UpdatesSettings.model_fields["rebuild"].default if self.rebuild == NEVER else self.rebuild

    @property
    def hour(self) -> int:
        """The hour of the scans."""
        return int(self._time.split()[1][:2])

    @property
    def weekday(self) -> str | None:
        """The day of the run; None if there is none."""
        return None if self.rebuild == NEVER else self.rebuild.split()[0]


def updates_zone(updates: UpdatesSettings, freeze: FreezeSettings | None, sleep: SleepSettings | None) -> str:
    """On whose clocks the times of the updates are."""
    others = [table.time_zone for table in (sleep, freeze) if table]
    return updates.time_zone or next(iter(others), _DEFAULT_ZONE)


def check_rebuild_time(
    updates: UpdatesSettings, freeze: FreezeSettings | None, sleep: SleepSettings | None
) -> Iterator[Problem]:
    """A release that the schedule starts must not wait for the end of a freeze, nor wake an environment."""
    if updates.weekday is None:
        return
    zone = read_zone(updates_zone(updates, freeze, sleep))
    offset = timedelta(days=WEEKDAYS.index(updates.weekday), hours=updates.hour)
    times = [(week + offset).replace(tzinfo=zone) for week in _WEEKS]
    key, value = "delivery.updates.rebuild", updates.rebuild
    if freeze and any(freeze.covers(time) for time in times):
        yield Problem(
            key=key,
            value=value,
            allowed="is in a window of [delivery.freeze]: that run would wait for its end, and all releases after it "
            f'too; use another time, or "{NEVER}"',
        )
    if sleep and not all(sleep.is_awake(time) for time in times):
        yield Problem(
            key=key,
            value=value,
            allowed="is not in the hours of [cost.sleep] awake: nothing can be deployed while the environment sleeps; "
            f'use a time in them, or "{NEVER}"',
        )
    elif sleep and not any(check_release_window(freeze, sleep)):
        window = release_window(freeze, sleep)
        if window and not all(window.covers(time) for time in times):
            yield Problem(
                key=key,
                value=value,
                allowed="is too soon after the environment wakes, or too soon before it sleeps ([cost.sleep]): that "
                "run would wait for the next day, and all releases after it too; use a time at which CodePipeline lets "
                f'a release go on, "{window.cron}", or "{NEVER}"',
            )
