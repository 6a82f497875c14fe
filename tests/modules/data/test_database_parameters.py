"""Parameter Store says where a database is, and not who signs in."""

from __future__ import annotations

from tests.modules.data.databases import postgres_templates


def test_they_say_where_the_database_is_and_have_no_password() -> None:
    data, _ = postgres_templates(replicas=2)
    there = {name.rpartition("_")[0] for name in data.all("aws_ssm_parameter") if "parameters" in name}
    assert there == {f"postgres_parameters_{part}" for part in ("host", "port", "database", "reader-hosts")}
    hosts = data.named("aws_ssm_parameter.postgres_parameters_reader-hosts")["value_wo"]
    assert hosts.count(".address") == 2
    assert all(one["type"] == "SecureString" for one in data.all("aws_ssm_parameter").values())
