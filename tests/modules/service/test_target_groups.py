"""A target group checks the health of the tasks, and its name allows a replacement."""

from __future__ import annotations

from tests.modules.service.parts import service_template


def test_the_health_check_uses_the_path_and_protocol_of_the_service() -> None:
    group = service_template(health_path="/api/health", slow_start_seconds=30).only("aws_lb_target_group")
    assert (group["protocol"], group["port"], group["target_type"]) == ("HTTPS", 8443, "ip")
    check = group["health_check"]
    assert (check["path"], check["protocol"], check["matcher"]) == ("/api/health", "HTTPS", "200")
    assert group["slow_start"] == 30


def test_a_target_groups_name_depends_on_its_port_and_is_short_enough() -> None:
    names = {service_template(port=port).only("aws_lb_target_group")["name"] for port in (3000, 3001)}
    assert len(names) == 2
    assert all(len(name) <= 32 for name in names)
