"""Settings of the layer `state`."""

from pydantic import Field

from config.aws import MAX_LIFECYCLE_DAYS
from config.model import Model


class StateSettings(Model):
    """The bucket that holds the Terraform state."""

    noncurrent_version_days: int = Field(ge=1, le=MAX_LIFECYCLE_DAYS)
    """Days that an overwritten state can be restored."""
