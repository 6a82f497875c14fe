"""The files that the pipeline deploys with: taskdef.json and appspec.yaml of each service.

They are in a bucket, not in the pipeline's definition or the application's repository: a new setting is in the next
release without a change of either, and the pipeline reads only what Terraform has applied.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.s3_object import S3Object
from constructs import Construct

from modules.bucket import Bucket, BucketConfig

if TYPE_CHECKING:
    from modules.key import Key
    from modules.label import Label

_NONCURRENT_DAYS: Final = 90  # the files of earlier releases
_CONTENT_TYPES: Final = {"json": "application/json", "yaml": "application/yaml"}


class ReleaseFiles(Construct):
    """A versioned bucket with one folder per service."""

    def __init__(
        self, scope: Construct, id_: str, *, label: Label, key: Key, access_logs: Bucket | str, protect: bool
    ) -> None:
        super().__init__(scope, id_)
        self.bucket = Bucket(
            self,
            "bucket",
            config=BucketConfig(noncurrent_version_days=_NONCURRENT_DAYS, protect=protect),
            label=label,
            name=label.bucket_name("release-files"),
            key=key,
            access_logs=access_logs,
        )

    def add(self, service: str, *, files: dict[str, str]) -> None:
        """Put files into the folder of a service."""
        for name, text in files.items():
            stem, _, kind = name.partition(".")
            S3Object(
                self,
                f"{service}-{stem}",
                bucket=self.bucket.id,
                key=self.path(service, name),
                content=text,
                content_type=_CONTENT_TYPES[kind],
                # Encrypted by the bucket's default encryption.
                depends_on=self.bucket.dependables,
            )

    @staticmethod
    def path(service: str, name: str) -> str:
        """Key of a service's file in the bucket."""
        return f"{service}/{name}"
