"""What the role of a replication may do, and what S3 needs for a copy.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from emulator.arns import parse_arn
from emulator.permissions import policy_admits, role_actions, role_trusts

if TYPE_CHECKING:
    from emulator.conditions import Values

_SERVICE = "s3.amazonaws.com"


@dataclass(frozen=True)
class ReplicationRole:
    """The role of one replication document, by its ARN."""

    arn: str

    @property
    def is_assumed(self) -> bool:
        """Return whether S3 may assume it: no page says that it sends aws:SourceAccount or aws:SourceArn then."""
        return role_trusts(self.arn, _SERVICE, sent={})

    def may(self, resource: str, *actions: str) -> bool:
        """Return whether it may do all of these with a bucket or an object."""
        sent = {"aws:securetransport": ("true",)}
        return role_actions(self.arn, actions, resource, sent=sent) == set(actions)

    def may_use_key(self, key: Any, bucket: Any, *actions: str, encrypted: str) -> bool:
        """Return whether it may do all of these with a key, by S3 in the bucket's region.

        Args:
            key: moto's key.
            bucket: The bucket in whose region S3 calls KMS.
            actions: Actions of KMS.
            encrypted: The ARN in the encryption context: of the object, or of the bucket if it has a bucket key.
        """
        role = parse_arn(self.arn)
        sent: Values = {
            "kms:viaservice": (f"s3.{bucket.region_name}.amazonaws.com",),
            "kms:encryptioncontext:aws:s3:arn": (encrypted,),
            "kms:encryptioncontextkeys": ("aws:s3:arn",),
            "kms:resourcealiases": tuple(key.aliases),
            "kms:calleraccount": (role.account if role else "",),
        }
        return role_actions(self.arn, actions, key.arn, sent=sent) == set(actions) and all(
            policy_admits(key.policy, self.arn, action, sent) for action in actions
        )
