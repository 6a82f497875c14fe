"""AWS Backup: moto lacks jobs and recovery points, selections, vault policies, updates and restore testing."""

from emulator.services.backup import (
    backup_jobs,
    copy_jobs,
    due_plans,
    plan_limits,
    plans,
    recovery_points,
    region_settings,
    restore_jobs,
    restore_testing,
    vaults,
)

__all__ = [
    "backup_jobs",
    "copy_jobs",
    "due_plans",
    "plan_limits",
    "plans",
    "recovery_points",
    "region_settings",
    "restore_jobs",
    "restore_testing",
    "vaults",
]
