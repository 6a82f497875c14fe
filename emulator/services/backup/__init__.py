"""AWS Backup: moto lacks selections, vault policies, updates and restore testing."""

from emulator.services.backup import plan_limits, plans, restore_testing

__all__ = ["plan_limits", "plans", "restore_testing"]
