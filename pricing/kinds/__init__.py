"""What each type of resource costs: one file for each kind of service. Importing the package fills `PRICERS`."""

from pricing.charge import PRICERS
from pricing.kinds import (  # noqa: F401 (each registers its functions)
    compute,
    databases,
    delivery,
    entrance,
    messages,
    monitoring,
    network,
    recovery,
    secrets,
    security,
    storage,
)

__all__ = ["PRICERS"]
