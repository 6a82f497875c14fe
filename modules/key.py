"""Customer managed KMS keys: who reads data needs a permission for its key too."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.kms_alias import KmsAlias
from cdktf_cdktf_provider_aws.kms_key import KmsKey
from constructs import Construct

from modules.label import Label, NameLimit
from modules.policy import Condition, Grantable, PolicyDocument, Principal, Statement

if TYPE_CHECKING:
    from cdktf import TerraformResource

# https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html#key-policy-limit
_KEY_POLICY_LIMIT: Final = 32_768
# Days until a deleted key, and all data encrypted with it, is lost; AWS allows 7 to 30.
_PROTECTED_DELETION_DAYS: Final = 30
_UNPROTECTED_DELETION_DAYS: Final = 7

_DECRYPT: Final = ("kms:Decrypt", "kms:DescribeKey")
_ENCRYPT: Final = ("kms:Encrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*")

PUBLISHER_KEY_ACTIONS: Final = ("kms:GenerateDataKey*", "kms:Decrypt")
"""What a service needs to publish to an encrypted topic.

https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
"""


class Key(Construct):
    """A symmetric key with yearly rotation, which only roles with a grant may use.

    IAM policies of the account can allow its use (AWS's default, which keeps the account in control of the key);
    `allow_service` adds AWS services. Terraform cannot destroy a protected key.
    """

    def __init__(self, scope: Construct, id_: str, *, label: Label, description: str, name: str, protect: bool) -> None:
        super().__init__(scope, id_)
        self._label = label
        self._policy = PolicyDocument(self, limit=_KEY_POLICY_LIMIT)
        self._policy.add(
            Statement(
                sid="AllowAccountPolicies",
                actions=("kms:*",),
                principal=Principal.account(label.account_id),
                resources=("*",),  # in a key policy: this key
            )
        )
        self._key = KmsKey(
            self,
            "Default",
            description=description,
            policy=self._policy.text,
            enable_key_rotation=True,
            deletion_window_in_days=_PROTECTED_DELETION_DAYS if protect else _UNPROTECTED_DELETION_DAYS,
            lifecycle=TerraformResourceLifecycle(prevent_destroy=True) if protect else None,
        )
        self._alias_name = key_alias(label, name)
        self._alias = KmsAlias(self, "alias", name=self._alias_name, target_key_id=self._key.key_id)

    @cached_property
    def arn(self) -> str:
        """ARN of the key."""
        return self._key.arn

    @property
    def dependables(self) -> list[TerraformResource]:
        """What must exist before anything uses it."""
        return [self._key]

    def allow_service(
        self,
        service: str,
        *,
        sid: str,
        conditions: tuple[Condition, ...],
        actions: tuple[str, ...] = (*_ENCRYPT, *_DECRYPT),
    ) -> None:
        """Allow an AWS service to use the key on behalf of the account, restricted by `conditions`."""
        self._policy.add(
            Statement(
                sid=sid,
                actions=actions,
                principal=Principal.service(service),
                resources=("*",),
                conditions=conditions,
            )
        )

    def grant_decrypt(self, grantee: Grantable) -> None:
        """Allow `grantee` to decrypt data."""
        grantee.add_to_policy(Statement(actions=_DECRYPT, resources=(self.arn,)))

    def grant_encrypt_decrypt(self, grantee: Grantable) -> None:
        """Allow `grantee` to decrypt and encrypt data."""
        grantee.add_to_policy(Statement(actions=(*_ENCRYPT, *_DECRYPT), resources=(self.arn,)))


def key_alias(label: Label, name: str) -> str:
    """Alias of a key by its name, for code that needs it before the key exists."""
    return "alias/" + label.name(name, limit=NameLimit.KMS_ALIAS)
