"""Settings of the layer `recovery`: copies in a second region, backups, and how they are proven."""

from typing import Literal

from config.aws import Region
from config.model import Model


class RecoverySettings(Model):
    """What is kept for the day on which the environment's region, or what is in it, is lost."""

    mode: Literal["none", "backup"]
    """none: backups in the environment's own region only. backup: copies of all data in a second region, too."""

    region: Region | None = None
    """The second region, where the copies are; without it mode must be "none"."""
