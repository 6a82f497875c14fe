"""Backups of what cannot be made again, and copies of it in a second region."""
