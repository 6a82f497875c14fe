"""Audit, threat detection and protection of the account, and the roles of GitHub Actions."""
