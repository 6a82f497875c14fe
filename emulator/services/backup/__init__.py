"""AWS Backup: moto lacks selections, vault policies, updates and restore testing."""

from emulator.services.backup import plans, restore_testing

__all__ = ["plans", "restore_testing"]
