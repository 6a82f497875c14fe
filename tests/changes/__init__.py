"""What the change of each setting does to an environment that is applied: docs/changes.md."""
