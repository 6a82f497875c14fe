"""Restore drills in the second region, for tests of their parts."""

from __future__ import annotations

from functools import cache
from ipaddress import IPv4Network
from typing import Any

from config.database_roles import DatabaseRole, drill_role
from config.logs import LogSettings
from config.recovery_drills import DrillSettings
from config.recovery_targets import CopyTargets
from modules.key import Key
from modules.recovery.restore_drills import RestoreDrills
from tests.modules.recovery.regions import THERE
from tests.modules.topics import topics_in
from tests.template import Template, new_stack

READER_ARN = "arn:aws:iam::444444444444:role/user-management-test-restore-reader-us-west-2"
SETTINGS = DrillSettings(start="sun:10:00", zones=("usw2-az1", "usw2-az2"), cidr=IPv4Network("10.9.0.0/24"))
WRITER = DatabaseRole(database="documentdb", name="backend", access="read_write")
CHECK, READER, ROLE = (
    "drills_check_function_role_permissions",
    "drills_reader_function_role_permissions",
    "drills_role_permissions",
)
"""The policies of the function that judges, of the one that reads, and of the role that restores."""


@cache
def drills_of(*, postgres: bool = True, documentdb: bool = True, **changes: Any) -> Template:
    """A stack with nothing but drills of these databases; `changes` are of their settings."""
    stack = new_stack()
    roles = {
        "postgres": (drill_role("postgres", role_arn=READER_ARN),) if postgres else (),
        "documentdb": (WRITER, drill_role("documentdb", role_arn=READER_ARN)) if documentdb else (),
    }
    RestoreDrills(
        stack,
        "drills",
        config=SETTINGS.model_copy(update=changes),
        targets=CopyTargets(),
        label=THERE,
        roles=roles,
        copies_key_arn="arn:aws:kms:us-west-2:444444444444:key/copies",
        key=Key(stack, "key", label=THERE, name="recovery-drills", description="Drills", protect=False),
        logs=LogSettings(retention_days=30),
        topics=topics_in(stack, label=THERE),
    )
    return Template.of(stack)
