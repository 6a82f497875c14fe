"""Names in DNS and their certificates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.clause import DEV, clause
from conformance.expect import equals, mentions

if TYPE_CHECKING:
    from conformance.view import View

_TESTS: Final = "tests/stacks/test_domain.py"
_CERTIFICATE: Final = "tests/modules/domain/test_certificate.py"


@clause("1/2", _TESTS)
def dns(view: View) -> None:
    """The zone, and the name of the site in it."""
    zone = view.one("aws_route53_zone", layer="domain")
    layer, target = ("service", "aws_lb") if view.environment == DEV else ("edge", "aws_cloudfront_distribution")
    where = {"type": equals("A"), "zone_id": view.refers_to(zone), ("alias", "name"): mentions(target)}
    record = view.one("aws_route53_record", where, layer=layer)
    record.follow("alias", "name", to=target)


@clause("1/3", _CERTIFICATE)
@clause("2.4/4", _CERTIFICATE, "tests/runner/test_delegation.py")
def certificates(view: View) -> None:
    """Certificates that ACM renews, proven by DNS, with alarms a month and a week before one expires."""
    layers = ("domain",) if view.environment == DEV else ("domain", "edge")
    for layer in layers:
        certificate = view.one("aws_acm_certificate", layer=layer)
        certificate.require("validation_method", equals("DNS"))
        view.one("aws_acm_certificate_validation", {"certificate_arn": view.refers_to(certificate)}, layer=layer)
        for severity, days in (("warning", 30), ("critical", 7)):
            where = {"metric_name": equals("DaysToExpiry"), ("tags", "Severity"): equals(severity)}
            alarm = view.one("aws_cloudwatch_metric_alarm", where, layer=layer)
            alarm.require("threshold", equals(days))


@clause("10.2/1", _TESTS, _CERTIFICATE)
def certificates_and_domain(view: View) -> None:
    """The name of the site, and its certificates."""
    dns(view)
    certificates(view)
