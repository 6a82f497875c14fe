"""Parameters of DocumentDB: TLS only, and logs of changes and of slow operations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.docdb_cluster_parameter_group import (
    DocdbClusterParameterGroup,
    DocdbClusterParameterGroupParameter,
)

from modules.label import Label, NameLimit

if TYPE_CHECKING:
    from constructs import Construct


def create_parameter_group(
    scope: Construct, *, label: Label, engine_version: str, slow_operation_milliseconds: int
) -> DocdbClusterParameterGroup:
    """Create the parameter group; slower operations than `slow_operation_milliseconds` are logged."""
    family = f"docdb{engine_version.rpartition('.')[0]}"
    immediate = {
        "audit_logs": "enabled",
        "profiler": "enabled",
        "profiler_threshold_ms": str(slow_operation_milliseconds),
    }
    at_restart = {"tls": "tls1.2+"}
    return DocdbClusterParameterGroup(
        scope,
        "parameter-group",
        # The family is in the name: an upgrade needs the old and the new group at the same time.
        name=label.name(family.replace(".", "-"), limit=NameLimit.DATABASE_GROUP),
        family=family,
        description="TLS only; changes and slow operations are logged",
        parameter=[
            DocdbClusterParameterGroupParameter(name=name, value=value, apply_method=method)
            for method, values in (("immediate", immediate), ("pending-reboot", at_restart))
            for name, value in values.items()
        ],
        lifecycle=TerraformResourceLifecycle(
            create_before_destroy=True,
            # Another description would need another group, and the name is taken.
            ignore_changes=["description"],
        ),
    )
