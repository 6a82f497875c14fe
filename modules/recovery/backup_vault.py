"""A vault of AWS Backup: encrypted, and closed to early deletion where data is protected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf import DataResource, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.backup_vault import BackupVault as Vault
from cdktf_cdktf_provider_aws.backup_vault_lock_configuration import BackupVaultLockConfiguration
from cdktf_cdktf_provider_aws.backup_vault_policy import BackupVaultPolicy
from constructs import Construct

from config.backup_vault import EARLY_END
from modules.label import Label, NameLimit
from modules.policy import PolicyDocument, Principal, Statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cdktf import TerraformResource

    from config.backup_plan import BackupPlanSettings

# AWS gives no length for the policy of a vault; this is what IAM accepts of a managed policy, and far more than needed.
_POLICY_LIMIT: Final = 6_144


def vault_name(label: Label) -> str:
    """Name of the vault of an environment, the same in each region."""
    return label.name("recovery", limit=NameLimit.BACKUP)


def vault_arn(label: Label, *, region: str) -> str:
    """ARN of the vault in a region."""
    return label.arn("backup", f"backup-vault:{vault_name(label)}", region=region)


class BackupVault(Construct):
    """A vault in which backups live as long as the plan says.

    Protected, it refuses to delete a backup early, whoever asks; changing that policy is a call that CloudTrail has.
    With `lock_after_days` its lock is in compliance mode: after these days nobody can remove it, not even AWS:
    https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html
    Unprotected, Terraform empties it before it destroys it.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        config: BackupPlanSettings,
        label: Label,
        key_arn: str,
        protect: bool,
        after: Sequence[TerraformResource] = (),
    ) -> None:
        """Create the vault.

        Args:
            config: How long its backups are kept, which are the limits of the lock.
            label: Names it.
            key_arn: Of a key in its own region. AWS Backup encrypts with it what it copies into the vault; a snapshot
                of RDS or DocumentDB that is made there keeps the key of its database:
                https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html
            protect: Refuse to destroy it, and to delete backups early.
            after: What must outlive it: the role that made its backups, without which AWS Backup deletes none.
        """
        super().__init__(scope, id_)
        self._vault = Vault(
            self,
            "Default",
            name=vault_name(label),
            kms_key_arn=key_arn,
            force_destroy=not protect,
            lifecycle=TerraformResourceLifecycle(prevent_destroy=True) if protect else None,
            depends_on=list(after) or None,
        )
        self._lock: BackupVaultLockConfiguration | None = None
        if protect:
            self._refuse_early_deletion()
        if protect and config.lock_after_days is not None:
            self._lock = BackupVaultLockConfiguration(
                self,
                "lock",
                backup_vault_name=self._vault.name,
                changeable_for_days=config.lock_after_days,
                min_retention_days=config.daily_days,
                max_retention_days=config.max_days,
            )

    def _refuse_early_deletion(self) -> None:
        """Add the policy. It denies its own update, so another one is made by a deletion and a creation."""
        refusal = Statement(
            sid="DenyEarlyDeletion",
            effect="Deny",
            principal=Principal.anyone(),
            actions=EARLY_END,
            # The vault and what is in it.
            resources=("*",),
        )
        trigger = DataResource(self, "denied", triggers_replace={"denied": ", ".join(EARLY_END)})
        BackupVaultPolicy(
            self,
            "policy",
            backup_vault_name=self._vault.name,
            policy=PolicyDocument.of(self, refusal, limit=_POLICY_LIMIT).render(),
            lifecycle=TerraformResourceLifecycle(
                replace_triggered_by=[f"terraform_data.{trigger.friendly_unique_id}.id"]
            ),
        )

    @property
    def dependables(self) -> list[TerraformResource]:
        """What must exist before anything asks for its backups, or makes them."""
        return [self._vault, *([self._lock] if self._lock else [])]

    @property
    def name(self) -> str:
        """Name of the vault."""
        return self._vault.name
