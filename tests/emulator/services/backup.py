"""What the tests of AWS Backup need: a role, a key, vaults, databases with the tag of the plan."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

from tests.emulator import postgres

if TYPE_CHECKING:
    from emulator import Emulator
    from tests.emulator.conftest import Client

HOME, AWAY = "us-east-1", "us-west-2"
RIGHTS = ("backup:Copy*", "kms:CreateGrant", "kms:DescribeKey", "rds:*")
TAG = {"Key": "backup-plan", "Value": "users-prod"}


@dataclass(frozen=True)
class Backups:
    """One account with a vault in each of two regions."""

    client: Client
    emulator: Emulator
    account: str

    def service(self, name: str, region: str = HOME) -> Any:
        return self.client(name, account=self.account, region=region)

    @property
    def vault_arn(self) -> str:
        """The vault of the other region."""
        return f"arn:aws:backup:{AWAY}:{self.account}:backup-vault:copies"

    def role(self, name: str, *actions: str, service: str = "backup.amazonaws.com") -> str:
        trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        iam = self.service("iam")
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
        # Without the last one, it cannot be the role of a selection.
        allowed = [*(actions or RIGHTS), "tag:GetResources"]
        statement = {"Effect": "Allow", "Action": allowed, "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.put_role_policy(RoleName=name, PolicyName=name, PolicyDocument=policy)
        return str(role)

    def key(self, region: str = HOME) -> str:
        return str(self.service("kms", region).create_key()["KeyMetadata"]["Arn"])

    def instance(self, name: str, **settings: Any) -> str:
        return postgres.create(self.client, name, account=self.account, Tags=[TAG], **settings)

    def cluster(self, name: str, **settings: Any) -> str:
        created = self.service("rds").create_db_cluster(
            DBClusterIdentifier=name,
            Engine="docdb",
            MasterUsername="chief",
            MasterUserPassword=postgres.PASSWORD,
            Tags=[TAG],
            **settings,
        )
        return str(created["DBCluster"]["DBClusterArn"])

    def back_up(self, arn: str, role: str, **settings: Any) -> dict[str, Any]:
        """Start a job, and return what it is afterwards."""
        backup = self.service("backup")
        started = backup.start_backup_job(BackupVaultName="backups", ResourceArn=arn, IamRoleArn=role, **settings)
        return dict(backup.describe_backup_job(BackupJobId=started["BackupJobId"]))

    def copy(self, point: str, role: str, **settings: Any) -> dict[str, Any]:
        backup = self.service("backup")
        sent = {"DestinationBackupVaultArn": self.vault_arn, "SourceBackupVaultName": "backups", **settings}
        started = backup.start_copy_job(RecoveryPointArn=point, IamRoleArn=role, **sent)
        return dict(backup.describe_copy_job(CopyJobId=started["CopyJobId"])["CopyJob"])

    def restore(self, point: str, role: str, region: str = HOME, **metadata: str) -> dict[str, Any]:
        backup = self.service("backup", region)
        started = backup.start_restore_job(RecoveryPointArn=point, IamRoleArn=role, Metadata=metadata)
        return dict(backup.describe_restore_job(RestoreJobId=started["RestoreJobId"]))

    def run_plans(self, **wanted: str) -> Any:
        body = json.dumps({"account": self.account, **wanted}).encode()
        request = Request(f"{self.emulator.url}/emulator/backups", body, method="POST")  # noqa: S310  loopback
        with urlopen(request) as answer:  # noqa: S310  loopback
            return json.load(answer)


def make(client: Client, emulator: Emulator, account: str) -> Backups:
    """Create the vaults of an account."""
    backups = Backups(client, emulator, account)
    backups.service("backup").create_backup_vault(BackupVaultName="backups")
    backups.service("backup", AWAY).create_backup_vault(BackupVaultName="copies", EncryptionKeyArn=backups.key(AWAY))
    return backups
