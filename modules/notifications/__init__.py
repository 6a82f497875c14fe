"""The topics for alarms, and their subscriptions."""
