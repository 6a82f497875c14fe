"""Settings of the layer `state`."""

from typing import Final

from pydantic import Field

from config.model import Model

_MAX_LIFECYCLE_DAYS: Final = 2_147_483_647
"""https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleExpiration.html (a 32-bit number)"""


class StateSettings(Model):
    """The bucket that holds the Terraform state."""

    noncurrent_version_days: int = Field(ge=1, le=_MAX_LIFECYCLE_DAYS)
    """Days that an overwritten state can still be brought back."""

    access_log_days: int = Field(ge=1, le=_MAX_LIFECYCLE_DAYS)
    """Days that the record of who read or wrote the state is kept."""
