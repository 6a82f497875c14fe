"""DNSSEC: the answers of a zone are signed, so that resolvers refuse forged ones."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.kms_alias import KmsAlias
from cdktf_cdktf_provider_aws.kms_key import KmsKey
from cdktf_cdktf_provider_aws.route53_hosted_zone_dnssec import Route53HostedZoneDnssec
from cdktf_cdktf_provider_aws.route53_key_signing_key import Route53KeySigningKey
from constructs import Construct

from modules.alarm import Alarm, MissingData
from modules.key import KEY_POLICY_LIMIT, allow_account_policies, deletion_days, key_alias
from modules.label import Label, NameLimit
from modules.metric import Metric
from modules.policy import Condition, PolicyDocument, Principal, Statement
from modules.runbook import Runbook
from modules.topic import Severity

if TYPE_CHECKING:
    from modules.domain.hosted_zone import HostedZone
    from modules.topic import Topics

# https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-configuring-dnssec-cmk-requirements.html
_KEY_SPEC: Final = "ECC_NIST_P256"
# Route 53 publishes the metrics of a zone every four hours, in this region:
# https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-hosted-zones-with-cloudwatch.html
_PERIOD_SECONDS: Final = 4 * 3600
_ROUTE_53: Final = Principal.service("dnssec-route53.amazonaws.com")


class ZoneSigning(Construct):
    """Signs a zone with a key of its own, in the region that Route 53 requires, and reports what keeps it from that.

    The zone is signed once its key-signing key is active, and no more before that key is deleted: each refers to the
    one before. Resolvers verify the signatures from when the parent domain has the DS record, and would refuse all
    answers of the zone if it were not signed any more; Route 53 refuses to stop as long as it finds that record.
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-configuring-dnssec-disable.html
    """

    def __init__(
        self, scope: Construct, id_: str, *, label: Label, zone: HostedZone, protect: bool, topics: Topics
    ) -> None:
        super().__init__(scope, id_)
        self._label = label
        self._zone = zone
        self._topics = topics
        key = KmsKey(
            self,
            "key",
            description=f"Signs the DNS zone of {label.prefix}",
            customer_master_key_spec=_KEY_SPEC,
            key_usage="SIGN_VERIFY",
            policy=PolicyDocument.of(self, *_statements(label, zone), limit=KEY_POLICY_LIMIT).text,
            deletion_window_in_days=deletion_days(protect=protect),
            lifecycle=TerraformResourceLifecycle(prevent_destroy=True) if protect else None,
        )
        KmsAlias(self, "alias", name=key_alias(label, "zone-signing"), target_key_id=key.key_id)
        self._key_signing_key = Route53KeySigningKey(
            self,
            "key-signing-key",
            hosted_zone_id=zone.id,
            key_management_service_arn=key.arn,
            # Letters, digits and underscores only.
            name=label.name("zone", limit=NameLimit.KEY_SIGNING_KEY).replace("-", "_"),
        )
        Route53HostedZoneDnssec(self, "Default", hosted_zone_id=self._key_signing_key.hosted_zone_id)
        self._add_alarm("failure", "DNSSECInternalFailure", "Route 53 cannot sign the DNS zone", Severity.CRITICAL)
        # Signatures for some days are made in advance.
        self._add_alarm(
            "key", "DNSSECKeySigningKeysNeedingAction", "Route 53 cannot use the key of the DNS zone", Severity.WARNING
        )

    def _add_alarm(self, id_: str, metric: str, description: str, severity: Severity) -> None:
        Alarm(
            self,
            f"{id_}-alarm",
            label=self._label,
            name=f"zone-signing-{id_}",
            description=description,
            metric=Metric(
                namespace="AWS/Route53",
                name=metric,
                statistic="Sum",
                dimensions={"HostedZoneId": self._zone.id},
                region=self._label.region,
                period_seconds=_PERIOD_SECONDS,
            ),
            threshold=1,
            severity=severity,
            missing_data=MissingData.NOT_BREACHING,
            runbook=Runbook.ZONE_SIGNING,
            topics=self._topics,
        )

    @cached_property
    def ds_record(self) -> str:
        """The DS record that the parent domain must have."""
        return self._key_signing_key.ds_record


def _statements(label: Label, zone: HostedZone) -> tuple[Statement, ...]:
    """The statements of AWS's page, all of them for this zone only.

    A grant would work without the conditions of the key's policy, so another account's zone must not get one either.
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/access-control-managing-permissions.html#KMS-key-policy-for-DNSSEC
    """
    source = (
        Condition(operator="StringEquals", key="aws:SourceAccount", values=(label.account_id,)),
        Condition(operator="ArnEquals", key="aws:SourceArn", values=(zone.arn,)),
    )
    return (
        allow_account_policies(label),
        Statement(
            sid="AllowZoneSigning",
            principal=_ROUTE_53,
            actions=("kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"),
            resources=("*",),
            conditions=source,
        ),
        Statement(
            sid="AllowZoneSigningGrant",
            principal=_ROUTE_53,
            actions=("kms:CreateGrant",),
            resources=("*",),
            conditions=(*source, Condition(operator="Bool", key="kms:GrantIsForAWSResource", values=("true",))),
        ),
    )
