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
    restore_overrides,
    restore_testing,
    restore_testing_limits,
    restore_testing_selections,
    restore_tests,
    restore_validation,
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
    "restore_overrides",
    "restore_testing",
    "restore_testing_limits",
    "restore_testing_selections",
    "restore_tests",
    "restore_validation",
    "vaults",
]
