"""The parameters of DocumentDB follow the version, and a group in use can be replaced."""

from __future__ import annotations

import pytest

from modules.data.documentdb_parameters import create_parameter_group
from tests.template import LABEL, Template, new_stack


@pytest.mark.parametrize(("version", "family"), [("4.0.0", "docdb4.0"), ("5.0.0", "docdb5.0")])
def test_the_family_is_that_of_the_version_and_in_the_name(version: str, family: str) -> None:
    stack = new_stack()
    create_parameter_group(stack, label=LABEL, engine_version=version, slow_operation_milliseconds=100)
    group = Template.of(stack).only("aws_docdb_cluster_parameter_group")
    assert (group["family"], group["name"]) == (family, f"user-management-test-{family.replace('.', '-')}")
    assert {one["name"]: one["apply_method"] for one in group["parameter"]}["tls"] == "pending-reboot"
    assert {one["name"]: one["value"] for one in group["parameter"]}["profiler_threshold_ms"] == "100"
