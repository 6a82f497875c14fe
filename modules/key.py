"""Customer managed KMS keys: who reads data needs a permission for its key too."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.kms_alias import KmsAlias
from cdktf_cdktf_provider_aws.kms_key import KmsKey
from cdktf_cdktf_provider_aws.kms_key_policy import KmsKeyPolicy
from constructs import Construct

from modules.label import Label, NameLimit
from modules.policy import Condition, Grantable, PolicyDocument, Principal, Statement

if TYPE_CHECKING:
    from cdktf import TerraformProvider, TerraformResource

# https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html#key-policy-limit
KEY_POLICY_LIMIT: Final = 32_768
# Days until a deleted key, and all data encrypted with it, is lost; AWS allows 7 to 30.
_PROTECTED_DELETION_DAYS: Final = 30
_UNPROTECTED_DELETION_DAYS: Final = 7

_ENCRYPT: Final = ("kms:Encrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*")

CRYPTOGRAPHIC_ACTIONS: Final = (*_ENCRYPT, "kms:Decrypt")
"""The actions of a symmetric key that have an encryption context; a condition on it excludes any other action.

https://docs.aws.amazon.com/kms/latest/developerguide/encrypt_context.html
"""
PUBLISHER_KEY_ACTIONS: Final = ("kms:GenerateDataKey*", "kms:Decrypt")
"""What a service needs to publish to an encrypted topic.

https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
"""


@dataclass(frozen=True, kw_only=True)
class KeyUse:
    """What a role may use a key for; without it, one right to decrypt would open all that the key encrypts."""

    services: tuple[str, ...] = ()
    """The services that call KMS with the role's permissions, as `kms:ViaService` names them without region: `ssm`."""
    context: tuple[Condition, ...] = ()
    """Conditions on the encryption context, which the calling service sets."""
    writes: tuple[str, ...] = ("kms:GenerateDataKey",)
    """What writing needs besides `kms:Decrypt`."""
    sid: str = ""
    """Uses of the same kind by one role have the same Sid, so that they become one statement."""

    @staticmethod
    def parameter(*arns: str, sid: str) -> KeyUse:
        """One parameter of Parameter Store, also where ECS reads it with the execution role; or some, by patterns.

        A value of the tier Standard is written with `kms:Encrypt`, one of the tier Advanced with a data key:
        https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html
        """
        return KeyUse(
            services=("ssm",),
            context=(_matches("PARAMETER_ARN", arns),),
            writes=("kms:Encrypt", "kms:GenerateDataKey"),
            sid=sid,
        )

    @staticmethod
    def secret(*arns: str) -> KeyUse:
        """One secret of Secrets Manager; or some, by patterns.

        https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
        """
        return KeyUse(services=("secretsmanager",), context=(_matches("SecretARN", arns),))

    @staticmethod
    def queue() -> KeyUse:
        """Messages of encrypted queues.

        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
        """
        return KeyUse(services=("sqs",))

    @staticmethod
    def topic(arn: str) -> KeyUse:
        """Messages of one encrypted topic.

        https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
        """
        return KeyUse(services=("sns",), context=(_equals("aws:sns:topicArn", arn),))

    @staticmethod
    def objects() -> KeyUse:
        """Objects of buckets.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
        """
        return KeyUse(services=("s3",))

    @staticmethod
    def objects_of(bucket_arn: str) -> KeyUse:
        """Objects of one bucket: the context is the bucket with a bucket key, and the object without one.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#encryption-context
        """
        return KeyUse(services=("s3",), context=(_matches("aws:s3:arn", (bucket_arn, f"{bucket_arn}/*")),))

    @staticmethod
    def state() -> KeyUse:
        """States in a bucket, and their locks in a DynamoDB table.

        https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
        """
        return KeyUse(services=("dynamodb", "s3"), writes=(*_ENCRYPT, "kms:DescribeKey"))

    @staticmethod
    def variables_of_function(arn: str) -> KeyUse:
        """Environment variables of one function: Lambda reads them as the role itself, not on its behalf.

        https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
        """
        return KeyUse(context=(_equals("aws:lambda:FunctionArn", arn),))

    @staticmethod
    def schedule(arn: str) -> KeyUse:
        """The input of one schedule: EventBridge Scheduler reads it as the role itself.

        https://docs.aws.amazon.com/scheduler/latest/UserGuide/encryption-rest.html
        """
        return KeyUse(context=(_equals("aws:scheduler:schedule:arn", arn),))

    @staticmethod
    def sessions(cluster: str) -> KeyUse:
        """Shell sessions in tasks of one cluster: the agent in the task calls KMS itself, with the session's context.

        https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
        https://github.com/aws/amazon-ssm-agent/blob/mainline/agent/session/datachannel/datachannel.go
        """
        target = Condition(
            operator="StringLike", key="kms:EncryptionContext:aws:ssm:TargetId", values=(f"ecs:{cluster}_*",)
        )
        return KeyUse(context=(target,))

    def conditions(self, region: str) -> tuple[Condition, ...]:
        """The conditions of the statement, for a key of `region`."""
        if not self.services:
            return self.context
        services = tuple(f"{service}.{region}.amazonaws.com" for service in self.services)
        return (Condition(operator="StringEquals", key="kms:ViaService", values=services), *self.context)


class Key(Construct):
    """A symmetric key with yearly rotation, which only roles with a grant may use.

    IAM policies of the account can allow its use (AWS's default, which keeps the account in control of the key);
    `allow_service` adds AWS services. Terraform cannot destroy a protected key.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        label: Label,
        description: str,
        name: str,
        protect: bool,
        attach_policy: bool = False,
        provider: TerraformProvider | None = None,
    ) -> None:
        """Create the key and its alias.

        Args:
            label: Names it.
            description: What it encrypts.
            name: Component of its alias.
            protect: Refuse to destroy it.
            attach_policy: Whether the policy is a resource of its own, so that it can name what is made after the key.
            provider: Of another region than the stack's; None for the stack's own.
        """
        super().__init__(scope, id_)
        self._label = label
        self._policy = PolicyDocument(self, limit=KEY_POLICY_LIMIT)
        self._policy.add(allow_account_policies(label))
        self._key = KmsKey(
            self,
            "Default",
            provider=provider,
            description=description,
            policy=None if attach_policy else self._policy.text,
            enable_key_rotation=True,
            deletion_window_in_days=deletion_days(protect=protect),
            lifecycle=TerraformResourceLifecycle(prevent_destroy=True) if protect else None,
        )
        self._attached = (
            KmsKeyPolicy(self, "policy", provider=provider, key_id=self._key.key_id, policy=self._policy.text)
            if attach_policy
            else None
        )
        self._alias_name = key_alias(label, name)
        self._alias = KmsAlias(self, "alias", provider=provider, name=self._alias_name, target_key_id=self._key.key_id)

    @cached_property
    def arn(self) -> str:
        """ARN of the key."""
        return self._key.arn

    @property
    def resource(self) -> KmsKey:
        """The key itself, for what is known by it before it is used."""
        return self._key

    @property
    def dependables(self) -> list[TerraformResource]:
        """What must exist before anything uses it."""
        return [self._attached or self._key]

    def allow_service(
        self,
        service: str,
        *,
        sid: str,
        conditions: tuple[Condition, ...],
        actions: tuple[str, ...] = (*CRYPTOGRAPHIC_ACTIONS, "kms:DescribeKey"),
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

    def allow_account(self, account_id: str, *, sid: str, conditions: tuple[Condition, ...]) -> None:
        """Allow a role of another account to decrypt; `conditions` must name the role, and its own policy agree."""
        self._policy.add(
            Statement(
                sid=sid,
                actions=("kms:Decrypt",),
                principal=Principal.account(account_id),
                resources=("*",),
                conditions=conditions,
            )
        )

    def grant_decrypt(self, grantee: Grantable, use: KeyUse) -> None:
        """Allow `grantee` to decrypt data for one use."""
        self._grant(grantee, use, ("kms:Decrypt",))

    def grant_encrypt(self, grantee: Grantable, use: KeyUse) -> None:
        """Allow `grantee` to encrypt data for one use, and not to read what it has written."""
        self._grant(grantee, use, use.writes)

    def grant_encrypt_decrypt(self, grantee: Grantable, use: KeyUse) -> None:
        """Allow `grantee` to decrypt and encrypt data for one use."""
        self._grant(grantee, use, ("kms:Decrypt", *use.writes))

    def _grant(self, grantee: Grantable, use: KeyUse, actions: tuple[str, ...]) -> None:
        conditions = use.conditions(self._label.region)
        grantee.add_to_policy(Statement(sid=use.sid, actions=actions, resources=(self.arn,), conditions=conditions))


def allow_account_policies(label: Label) -> Statement:
    """The statement of a key policy that lets IAM policies of the account decide, and keeps it in control."""
    return Statement(
        sid="AllowAccountPolicies",
        actions=("kms:*",),
        principal=Principal.account(label.account_id),
        resources=("*",),  # in a key policy: this key
    )


def deletion_days(*, protect: bool) -> int:
    """Days between the deletion of a key and its end."""
    return _PROTECTED_DELETION_DAYS if protect else _UNPROTECTED_DELETION_DAYS


def key_alias(label: Label, name: str) -> str:
    """Alias of a key by its name, for code that needs it before the key exists."""
    return "alias/" + label.name(name, limit=NameLimit.KMS_ALIAS)


def _equals(name: str, arn: str) -> Condition:
    return _matches(name, (arn,))


def _matches(name: str, arns: tuple[str, ...]) -> Condition:
    is_pattern = any("*" in arn or "?" in arn for arn in arns)
    operator = "StringLike" if is_pattern else "StringEquals"
    return Condition(operator=operator, key=f"kms:EncryptionContext:{name}", values=arns)
