"""What to do when an alarm goes off: the one list of runbooks, each with a section in docs/runbooks.md."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

PAGE: Final = "docs/runbooks.md"


class Runbook(StrEnum):
    """The runbooks by their keys, which are the anchors of their sections; a test holds page and list equal."""

    AUDIT_TAMPERING = "audit-tampering"
    DEAD_LETTERS = "dead-letters"
    KEY_DELETION = "key-deletion"
    NETWORK_CHANGES = "network-changes"
    ORGANIZATION_CHANGES = "organization-changes"
    PERMISSION_CHANGES = "permission-changes"
    REFUSED_CALLS = "refused-calls"
    SERVICE_ERRORS = "service-errors"
    SERVICE_LATENCY = "service-latency"
    SIGN_INS = "sign-ins"
    THREAT_FINDINGS = "threat-findings"

    @property
    def link(self) -> str:
        """Where the runbook is, for an alarm's description."""
        return f"{PAGE}#{self.value}"
