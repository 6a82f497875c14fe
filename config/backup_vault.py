"""What the policy of a vault of AWS Backup denies everyone where data is protected."""

from typing import Final

EARLY_END: Final = (
    "backup:DeleteRecoveryPoint",
    "backup:DisassociateRecoveryPoint",
    "backup:PutBackupVaultAccessPolicy",
    "backup:UpdateRecoveryPointLifecycle",
)
"""What ends the life of a backup before its time, takes it out of the vault's care, or replaces this policy.

AWS Config asks for three of them, in one statement with a wildcard for principal and resource:
https://docs.aws.amazon.com/config/latest/developerguide/backup-recovery-point-manual-deletion-disabled.html

A wildcard in an action is not allowed here: https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault-access-policy.html

`backup:DeleteBackupVaultAccessPolicy` is not one of them, or nobody could ever change the policy.
"""
