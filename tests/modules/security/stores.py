"""The store of the state, with its bucket of access logs, which this layer's constructs need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.state import StateSettings
from modules.state_store import StateStore

if TYPE_CHECKING:
    from cdktf import TerraformStack

    from modules.label import Label


def state_store(stack: TerraformStack, label: Label) -> StateStore:
    """An unprotected store."""
    settings = StateSettings(noncurrent_version_days=30)
    return StateStore(stack, "state", config=settings, access_log_retention_days=30, label=label, protect=False)
