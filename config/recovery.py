"""Settings of the layer `recovery`: copies in a second region, backups, and how old they may be."""

from collections.abc import Iterator
from typing import ClassVar, Final

from pydantic import Field

from config.aws import Region
from config.backup_plan import BackupPlanSettings
from config.errors import Problem
from config.model import Check, Model
from config.recovery_drills import DrillSettings
from config.recovery_targets import CopyTargets
from config.standby import STANDBY_CHECKS, FailOverSettings, RecoveryMode, StandbySettings

_ONLY_WITH_COPIES: Final = ("copies_leave_jurisdiction", "drills", "targets")


def _check_region(mode: str, region: str | None) -> Iterator[Problem]:
    if mode == "none" and region is not None:
        yield Problem(
            key="region",
            value=region,
            allowed='must not be set with mode = "none", which makes no copies; remove it, or set mode = "backup"',
        )
    if mode != "none" and region is None:
        yield Problem(
            key="region",
            allowed=f'is missing; mode = "{mode}" needs the second region, like region = "us-west-2"; add it, or set '
            'mode = "none"',
        )


class RecoverySettings(Model):
    """What is kept for the day on which the environment's region, or what is in it, is lost: docs/recovery.md."""

    mode: RecoveryMode
    """none: backups in the environment's own region only. backup: copies of all data in a second region, too.

    pilot_light: also the network, the load balancer and the services there, without tasks. warm: services that need no
    database run there. active: they also answer the users who are nearer to it.
    """

    region: Region | None = None
    """The second region, where the copies are; required unless mode is "none". A GB that is copied costs 0.02 USD."""

    copies_leave_jurisdiction: bool = False
    """Whether the second region may be where another law applies, like a copy of data of the EU in the US."""

    backup_plan: BackupPlanSettings = Field(default_factory=BackupPlanSettings)
    """Backups of the databases by AWS Backup; without the table its defaults hold."""

    targets: CopyTargets = Field(default_factory=CopyTargets)
    """How old the newest copies may be before an alarm goes off; without the table its defaults hold."""

    drills: DrillSettings | None = None
    """Restore tests of the databases' copies in the second region; without the table nothing proves that they work."""

    standby: StandbySettings | None = None
    """What serves in the second region; required for more than "backup", and to fail over."""

    fail_over: FailOverSettings | None = None
    """The second region serves instead of the environment's own; without the table it stands by."""

    checks: ClassVar[tuple[Check, ...]] = (_check_region, *STANDBY_CHECKS)

    def problems(self) -> Iterator[Problem]:
        """Yield also what the file sets in vain."""
        yield from super().problems()
        for name in _ONLY_WITH_COPIES:
            if self.mode == "none" and name in self.model_fields_set:
                yield Problem(
                    key=name,
                    allowed='has no effect with mode = "none", which makes no copies; remove it, or '
                    'set mode = "backup"',
                )
