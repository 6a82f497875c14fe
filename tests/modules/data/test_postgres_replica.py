"""A replica follows its source, is as private, and can be made again."""

from __future__ import annotations

from tests.modules.data.databases import postgres_templates


def test_it_has_what_its_source_has_and_no_protection() -> None:
    data, _ = postgres_templates(replicas=1)
    primary, replica = (data.named(f"aws_db_instance.postgres{end}") for end in ("", "_replica-1"))
    same = ("instance_class", "parameter_group_name", "ca_cert_identifier", "monitoring_interval", "storage_type")
    assert {key: replica[key] for key in same} == {key: primary[key] for key in same}
    assert replica["replicate_source_db"] == "${aws_db_instance.postgres.identifier}"
    assert (replica["deletion_protection"], replica["skip_final_snapshot"]) == (False, True)
    assert {"manage_master_user_password", "password_wo", "username"}.isdisjoint(replica)
