"""The store of the state, with its bucket of access logs, which this layer's constructs need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.provider import AwsProvider

from config.state import StateSettings
from modules.state_copies import StateCopies
from modules.state_store import StateStore

if TYPE_CHECKING:
    from cdktf import TerraformStack

    from modules.label import Label


def state_store(stack: TerraformStack, label: Label) -> StateStore:
    """An unprotected store."""
    settings = StateSettings(noncurrent_version_days=30)
    return StateStore(stack, "state", config=settings, access_log_retention_days=30, label=label, protect=False)


def state_copies(stack: TerraformStack, label: Label, store: StateStore) -> StateCopies | None:
    """What is in the second region, if the label has one."""
    if label.recovery_region is None:
        return None
    return StateCopies(
        stack,
        "copies",
        config=StateSettings(noncurrent_version_days=30),
        label=label.in_region(label.recovery_region),
        store=store,
        access_log_retention_days=30,
        protect=False,
        provider=AwsProvider(stack, "second", region=label.recovery_region, alias="second"),
    )
