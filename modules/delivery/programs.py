"""The programs of the builds, as one object of which each build reads the version that its project was applied with."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from cdktf_cdktf_provider_aws.s3_object import S3Object
from constructs import Construct

from modules.function_code import write_code, zip_files
from modules.policy import Grantable, Statement
from templates import buildspecs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modules.bucket import Bucket


def packed_programs() -> bytes:
    """The zip with the programs, the same bytes for the same programs."""
    return zip_files({f"build_steps/{name}": text.encode() for name, text in buildspecs.programs().items()})


class Programs(Construct):
    """The programs in a versioned bucket; a build that started before an apply still finds its own version.

    The key never changes, so Terraform writes other programs as a new version of the object, and the bucket keeps the
    versions before for as long as its lifecycle says. With the hash of the programs in the key it would delete the old
    objects, all their versions with them, before it changes the projects.
    https://github.com/hashicorp/terraform-provider-aws/blob/v5.100.0/internal/service/s3/object.go
    """

    def __init__(self, scope: Construct, id_: str, *, bucket: Bucket) -> None:
        super().__init__(scope, id_)
        self._bucket = bucket
        code = packed_programs()
        self._object = S3Object(
            self,
            "Default",
            bucket=bucket.id,
            key=buildspecs.PROGRAMS_KEY,
            # Not content_base64, which a plan prints.
            source=write_code(self, "build-steps.zip", code),
            source_hash=hashlib.sha256(code).hexdigest(),
            content_type="application/zip",
            depends_on=bucket.dependables,
        )

    @property
    def variables(self) -> Mapping[str, str]:
        """What a build needs to find them."""
        return {
            "PROGRAMS_BUCKET": self._bucket.name,
            "PROGRAMS_KEY": buildspecs.PROGRAMS_KEY,
            "PROGRAMS_VERSION": self._object.version_id,
        }

    def grant_read(self, grantee: Grantable) -> None:
        """Allow `grantee` to read any version of them; it needs the key of the bucket's objects, too.

        https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
        """
        grantee.add_to_policy(
            Statement(
                sid="ReadPrograms",
                actions=("s3:GetObjectVersion",),
                resources=(f"{self._bucket.arn}/{buildspecs.PROGRAMS_KEY}",),
            )
        )
