"""TLS certificates that are validated by DNS and renewed by ACM."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from cdktf import TerraformResourceLifecycle, TerraformStack
from cdktf_cdktf_provider_aws.acm_certificate import AcmCertificate, AcmCertificateOptions
from cdktf_cdktf_provider_aws.acm_certificate_validation import (
    AcmCertificateValidation,
    AcmCertificateValidationTimeouts,
)
from cdktf_cdktf_provider_aws.route53_record import Route53Record
from constructs import Construct

from config.domain import WILDCARD
from modules.alarm import Alarm, Comparison, MissingData
from modules.domain.record_id import record_id
from modules.metric import Metric
from modules.runbook import Runbook
from modules.topic import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modules.domain.hosted_zone import HostedZone
    from modules.label import Label
    from modules.topic import Topics

_RECORD_TTL_SECONDS: Final = 300
# Credentials from GitHub or of an assumed role end after an hour, and the state lock would stay; ACM takes minutes.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use.html
_VALIDATION_TIMEOUT: Final = "45m"
# ACM publishes the metric twice a day; in a shorter period most have no value.
# https://docs.aws.amazon.com/acm/latest/userguide/cloudwatch-metrics.html
_EXPIRY_PERIOD_SECONDS: Final = 86_400
# ACM renews a certificate of 13 months 60 days before it expires, and sends events about those that it has not renewed
# from 45 days on; so 30 days or fewer mean that the renewal fails, also of certificates that are valid for less long.
# https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html
_DAYS_LEFT: Final = {Severity.WARNING: 30, Severity.CRITICAL: 7}


@dataclass(frozen=True, kw_only=True)
class CertificateNames:
    """The names of a certificate."""

    domain_name: str
    alternative_names: Sequence[str] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """All names, without duplicates."""
        return (self.domain_name, *self.alternative_names)

    @property
    def by_record(self) -> dict[str, str]:
        """One name for each validation record, by the record's domain: `*.example.com` has that of `example.com`."""
        found: dict[str, str] = {}
        for name in self.all:
            found.setdefault(name.removeprefix(WILDCARD), name)
        return found


class ValidationRecords(Construct):
    """The DNS records that prove to ACM who controls the names.

    A wildcard has the record of the name below it: two resources would both manage it, and one would delete it.
    They are the same for every certificate of a name in one account, in all regions, so one set of records is enough
    for all: https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
    """

    def __init__(
        self, scope: Construct, id_: str, *, names: CertificateNames, certificate: AcmCertificate, zone: HostedZone
    ) -> None:
        super().__init__(scope, id_)
        address = f"{AcmCertificate.TF_RESOURCE_TYPE}.{certificate.friendly_unique_id}"
        options = f"{address}.domain_validation_options"
        ids: set[str] = set()
        self.records = [
            Route53Record(
                self,
                record_id(domain, ids),
                zone_id=zone.id,
                name=_option(options, name, "resource_record_name"),
                type=_option(options, name, "resource_record_type"),
                records=[_option(options, name, "resource_record_value")],
                ttl=_RECORD_TTL_SECONDS,
                # Another environment may have validated the same name in this account before.
                allow_overwrite=True,
            )
            for domain, name in names.by_record.items()
        ]


class Certificate(Construct):
    """A certificate whose `arn` is known once it is validated and issued."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        names: CertificateNames,
        label: Label,
        zone: HostedZone,
        records: ValidationRecords | None = None,
        is_proven: bool = False,
        topics: Topics | None = None,
        alarm_name: str = "certificate",
    ) -> None:
        """Request the certificate and wait until it is issued.

        Args:
            names: The names that it is valid for.
            label: Has the region where the certificate is used.
            zone: The zone of the names.
            records: Existing records of a certificate with the same names, in this stack or one applied before; None
                creates them here.
            is_proven: Whether the zone has the records already, from a stack whose state this one must not read.
            topics: The topics of that region, which its expiry notifies; None for no alarms.
            alarm_name: What the names of its alarms start with, after the layer; another one for each certificate of a
                stack.
        """
        super().__init__(scope, id_)
        self._region = label.region
        self._certificate = AcmCertificate(
            self,
            "Default",
            domain_name=names.domain_name,
            subject_alternative_names=list(names.alternative_names) or None,
            validation_method="DNS",
            key_algorithm="RSA_2048",
            options=AcmCertificateOptions(certificate_transparency_logging_preference="ENABLED"),
            # The certificate in use is deleted only after its replacement is in use.
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )
        self.records = records
        if records is None and not is_proven:
            self.records = ValidationRecords(self, "records", names=names, certificate=self._certificate, zone=zone)
        existing = self.records.records if self.records else []
        in_this_stack = self.records is None or TerraformStack.of(self.records) is TerraformStack.of(self)
        self._validation = AcmCertificateValidation(
            self,
            "validation",
            certificate_arn=self._certificate.arn,
            timeouts=AcmCertificateValidationTimeouts(create=_VALIDATION_TIMEOUT),
            # A reference: without the records it would wait in vain, so their stack must be applied first.
            validation_record_fqdns=None if in_this_stack else [record.fqdn for record in existing],
            depends_on=list(existing) if in_this_stack and existing else None,
        )
        if topics:
            self._add_alarms(label, topics, name=names.domain_name, alarm_name=alarm_name)

    @cached_property
    def arn(self) -> str:
        """ARN of the certificate, once it is issued."""
        return self._validation.certificate_arn

    @property
    def days_to_expiry(self) -> Metric:
        """Days until it expires; ACM publishes no more of it afterwards."""
        return Metric(
            namespace="AWS/CertificateManager",
            name="DaysToExpiry",
            statistic="Minimum",
            dimensions={"CertificateArn": self.arn},
            region=self._region,
            period_seconds=_EXPIRY_PERIOD_SECONDS,
        )

    def _add_alarms(self, label: Label, topics: Topics, *, name: str, alarm_name: str) -> None:
        for severity, days in _DAYS_LEFT.items():
            Alarm(
                self,
                f"expiry-{severity.value}",
                label=label,
                # Layers in one region each have a certificate, and alarms are named per region.
                name=f"{label.layer}-{alarm_name}-{severity.value}",
                description=f"The certificate of {name} expires in {days} days or fewer, and ACM has not renewed it",
                metric=self.days_to_expiry,
                threshold=days,
                comparison=Comparison.AT_MOST,
                severity=severity,
                # A new certificate has no value for hours, which must not alarm; an expired one has none for ever, and
                # it must stay in the state ALARM, in which it has been for days.
                missing_data=MissingData.IGNORE,
                runbook=Runbook.CERTIFICATE_EXPIRY,
                topics=topics,
            )


def _option(options: str, name: str, attribute: str) -> str:
    # By name: the set has no order, and the class only has get(index).
    return f'${{one([for o in {options} : o.{attribute} if o.domain_name == "{name}"])}}'
