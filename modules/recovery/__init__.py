"""Backups, and copies in a second region: what makes them, what keeps them, and what watches their age."""
