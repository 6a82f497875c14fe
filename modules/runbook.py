"""The list of runbooks for alarms, each with a section in docs/runbooks.md."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

PAGE: Final = "docs/runbooks.md"


class Runbook(StrEnum):
    """The keys of the runbooks, which are the anchors of their sections; a test compares the page with this list."""

    ACCESS_FINDINGS = "access-findings"
    AUDIT_TAMPERING = "audit-tampering"
    BACKUP_CHANGES = "backup-changes"
    CANARY_FAILURE = "canary-failure"
    CERTIFICATE_EXPIRY = "certificate-expiry"
    CLOUDFRONT_ERRORS = "cloudfront-errors"
    COPY_AGE = "copy-age"
    DATABASE_ABSENCE = "database-absence"
    DATABASE_CONNECTIONS = "database-connections"
    DATABASE_LOAD = "database-load"
    DATABASE_REPLICATION = "database-replication"
    DATABASE_ROTATION = "database-rotation"
    DATABASE_STORAGE = "database-storage"
    DATABASE_VACUUM = "database-vacuum"
    DEAD_LETTERS = "dead-letters"
    ERROR_BUDGET = "error-budget"
    ERROR_LINES = "error-lines"
    FIREWALL_BLOCKS = "firewall-blocks"
    FAILED_BACKUPS = "failed-backups"
    FAILED_CHECKS = "failed-checks"
    FAILED_DEPLOYMENTS = "failed-deployments"
    FAILED_RELEASES = "failed-releases"
    FILE_COPIES = "file-copies"
    HEALTH_EVENTS = "health-events"
    KEY_DELETION = "key-deletion"
    LOAD_BALANCER_ERRORS = "load-balancer-errors"
    NAT_GATEWAYS = "nat-gateways"
    NETWORK_CHANGES = "network-changes"
    OLD_IMAGES = "old-images"
    ORGANIZATION_CHANGES = "organization-changes"
    PARAMETER_MIRROR = "parameter-mirror"
    PERMISSION_CHANGES = "permission-changes"
    REFUSED_CALLS = "refused-calls"
    RESTORE_DRILLS = "restore-drills"
    SERVICE_ABSENCE = "service-absence"
    SERVICE_CAPACITY = "service-capacity"
    SERVICE_ERRORS = "service-errors"
    SERVICE_LATENCY = "service-latency"
    SERVING_REGION = "serving-region"
    SIGN_INS = "sign-ins"
    SITE_CHECK = "site-check"
    SLEEP_SCHEDULE = "sleep-schedule"
    SLOW_QUERIES = "slow-queries"
    STOPPED_TASKS = "stopped-tasks"
    THREAT_FINDINGS = "threat-findings"
    UNDELIVERED_MESSAGES = "undelivered-messages"
    VULNERABLE_IMAGES = "vulnerable-images"
    ZONE_SIGNING = "zone-signing"

    @property
    def link(self) -> str:
        """Link to the runbook, for the description of an alarm."""
        return f"{PAGE}#{self.value}"
