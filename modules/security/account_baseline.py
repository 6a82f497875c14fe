"""Protection of a whole account, independent of the settings of single resources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.accessanalyzer_analyzer import AccessanalyzerAnalyzer
from cdktf_cdktf_provider_aws.ebs_encryption_by_default import EbsEncryptionByDefault
from cdktf_cdktf_provider_aws.ebs_snapshot_block_public_access import EbsSnapshotBlockPublicAccess
from cdktf_cdktf_provider_aws.iam_account_password_policy import IamAccountPasswordPolicy
from cdktf_cdktf_provider_aws.s3_account_public_access_block import S3AccountPublicAccessBlock
from constructs import Construct

from modules.label import NameLimit

if TYPE_CHECKING:
    from config.security import SecuritySettings
    from modules.label import Label


class AccountBaseline(Construct):
    """No public buckets, encrypted volumes, long passwords, and an access analyzer; each by a setting."""

    def __init__(self, scope: Construct, id_: str, *, config: SecuritySettings, label: Label) -> None:
        super().__init__(scope, id_)
        if config.block_public_buckets:
            S3AccountPublicAccessBlock(
                self,
                "buckets",
                block_public_acls=True,
                block_public_policy=True,
                ignore_public_acls=True,
                restrict_public_buckets=True,
            )
        if config.encrypt_volumes:
            EbsEncryptionByDefault(self, "volumes", enabled=True)
            EbsSnapshotBlockPublicAccess(self, "snapshots", state="block-all-sharing")
        if config.password_policy:
            # CIS AWS Foundations 3.0, 1.8 and 1.9; no expiry, because it leads to weaker passwords (NIST SP 800-63B).
            IamAccountPasswordPolicy(
                self,
                "passwords",
                minimum_password_length=14,
                password_reuse_prevention=24,
                require_lowercase_characters=True,
                require_uppercase_characters=True,
                require_numbers=True,
                require_symbols=True,
                allow_users_to_change_password=True,
            )
        if config.access_analyzer:
            AccessanalyzerAnalyzer(
                self,
                "access",
                analyzer_name=label.name("access", limit=NameLimit.ACCESS_ANALYZER),
                type="ACCOUNT",
            )
