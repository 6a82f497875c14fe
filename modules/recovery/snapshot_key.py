"""What RDS does with the key of a snapshot, on behalf of a role that makes, copies or restores it."""

from __future__ import annotations

from typing import Final

SNAPSHOT_KEY_ACTIONS: Final = (
    "kms:Decrypt",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)
"""https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.Keys.html"""
