"""Route 53 asks the site over HTTPS, under its name."""

from __future__ import annotations

from config.domain import HealthCheckSettings
from modules.domain.health_check import HealthCheck
from tests.template import LABEL, Template, new_stack


def test_it_asks_for_the_path_under_the_name_with_tls() -> None:
    stack = new_stack()
    config = HealthCheckSettings(path="/api/health", interval_seconds=10)
    HealthCheck(stack, "check", config=config, label=LABEL, name="users.example.com")
    made = Template.of(stack).only("aws_route53_health_check")
    assert (made["type"], made["port"], made["enable_sni"]) == ("HTTPS", 443, True)
    assert (made["fqdn"], made["resource_path"], made["request_interval"]) == ("users.example.com", "/api/health", 10)
    assert made["tags"] == {"Name": "user-management-test-site"}
