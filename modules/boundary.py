"""The permissions boundaries of roles, by their names: every stack uses them, only the layer `state` creates them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from modules.label import NameLimit

if TYPE_CHECKING:
    from modules.label import Label


class Boundary(StrEnum):
    """The most that a role may do, whatever its own policies allow.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """

    WORKLOAD = "workload-boundary"
    """Of a role that a service or a task assumes: it uses resources; the sleep schedule also starts and stops them."""
    BACKUP = "backup-boundary"
    """Of the role with which AWS Backup works: it makes, copies and deletes backups, and reads nothing in them."""
    RESTORE = "restore-boundary"
    """Of the roles of restore drills: they restore backups, and delete what they have restored."""
    DELIVERY = "delivery-boundary"
    """Of a role of a pipeline or of its builds: it releases the application, and does not change the platform."""
    DEPLOYMENT = "deployment-boundary"
    """Of a role that plans or applies: it changes the platform, but neither its own limits nor the audit."""


def boundary_name(label: Label, boundary: Boundary) -> str:
    """Name of its policy, which has no region."""
    return label.in_home_region().global_name(boundary, limit=NameLimit.IAM_POLICY)


def boundary_arn(label: Label, boundary: Boundary) -> str:
    """ARN of its policy, from names alone: roles are in other stacks than the policy."""
    return label.arn("iam", f"policy/{boundary_name(label, boundary)}", region="")
