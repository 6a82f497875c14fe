"""Sends an environment to sleep outside of its hours and wakes it again."""
