"""AWS Security Hub CSPM: checks the account against published standards, each day and after changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.securityhub_account import SecurityhubAccount
from cdktf_cdktf_provider_aws.securityhub_standards_subscription import SecurityhubStandardsSubscription
from constructs import Construct

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from config.security import SecurityStandard
    from modules.label import Label

# https://docs.aws.amazon.com/securityhub/latest/userguide/standards-reference.html. CIS in the version of `cis_alarms`.
_STANDARDS: Final[Mapping[SecurityStandard, str]] = {
    "fsbp": "aws-foundational-security-best-practices/v/1.0.0",
    "cis": "cis-aws-foundations-benchmark/v/3.0.0",
}


class SecurityHub(Construct):
    """Security Hub in this region, with the standards of the settings and no others."""

    def __init__(self, scope: Construct, id_: str, *, standards: Sequence[SecurityStandard], label: Label) -> None:
        super().__init__(scope, id_)
        account = SecurityhubAccount(
            self,
            "Default",
            enable_default_standards=False,  # AWS would subscribe to two, one of them an old version of CIS
            control_finding_generator="SECURITY_CONTROL",  # one finding for a control that is in both standards
        )
        for standard in standards:
            SecurityhubStandardsSubscription(
                self,
                standard,
                standards_arn=f"arn:aws:securityhub:{label.region}::standards/{_STANDARDS[standard]}",
                depends_on=[account],
            )
