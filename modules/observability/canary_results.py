"""The bucket with the results of the canaries: a report and a log of each run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from modules.bucket import Bucket, BucketConfig
from modules.key import KeyUse
from modules.policy import Statement

if TYPE_CHECKING:
    from constructs import Construct

    from modules.key import Key
    from modules.label import Label
    from modules.policy import Grantable

_NONCURRENT_DAYS: Final = 1  # results are written once, so a noncurrent version is a deleted one


class CanaryResults(Bucket):
    """A bucket in which each canary writes below a prefix of its own.

    Synthetics encrypts what it writes with the key of AWS or, if its request names none, with the bucket's. It lets the
    canary choose the key only in runtimes of Node.js:
    https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_ArtifactConfigInput.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        label: Label,
        key: Key,
        access_logs: Bucket,
        retention_days: int,
        protect: bool,
    ) -> None:
        """Create the bucket.

        Args:
            label: Names it.
            key: Encrypts the results.
            access_logs: Receives its access log.
            retention_days: After these days a result is deleted.
            protect: Refuse to destroy it.
        """
        super().__init__(
            scope,
            id_,
            config=BucketConfig(
                noncurrent_version_days=_NONCURRENT_DAYS, expiration_days=retention_days, protect=protect
            ),
            label=label,
            name=label.bucket_name("canaries"),
            key=key,
            access_logs=access_logs,
        )
        self._results_key = key

    def grant_store(self, grantee: Grantable, *, prefix: str) -> None:
        """Allow a canary's role to store its results below `prefix`.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries_CanaryPermissions.html
        """
        grantee.add_to_policy(
            Statement(actions=("s3:GetBucketLocation",), resources=(self.arn,)),
            Statement(actions=("s3:GetObject", "s3:PutObject"), resources=(f"{self.arn}/{prefix}*",)),
        )
        self._results_key.grant_encrypt_decrypt(grantee, KeyUse.objects())
