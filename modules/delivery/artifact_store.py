"""What the pipeline and its builds keep in S3: artifacts, caches, the programs of the builds, and finished releases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs import Construct

from modules.bucket import Bucket, BucketConfig
from modules.delivery.names import releases_bucket
from modules.delivery.programs import Programs
from modules.key import KeyUse
from modules.policy import Grantable, Statement
from templates import buildspecs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modules.key import Key
    from modules.label import Label

# An execution can wait for its approval for a week, and for the end of a freeze.
_ARTIFACT_DAYS: Final = 90
_NONCURRENT_DAYS: Final = 30
_CACHE: Final = "cache/"
_KEY_START: Final = 20
"""Characters of a pipeline's name that the keys of its artifacts start with: https://github.com/aws/aws-cdk/issues/4350"""


_READ_ARTIFACT: Final = ("s3:GetObject", "s3:GetObjectVersion")


class ArtifactStore(Construct):
    """The bucket of artifacts, which only the pipeline and its builds use, and the one of finished releases.

    A release is kept: prod may take it over, or go back to it, long after staging has finished it.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        label: Label,
        key: Key,
        access_logs: Bucket,
        pipeline: str,
        protect: bool,
        releases: bool,
    ) -> None:
        """Create the buckets.

        Args:
            label: Names them.
            key: Encrypts them.
            access_logs: Receives their access logs.
            pipeline: Name of the pipeline, with which the keys of its artifacts start.
            protect: Refuse to destroy them.
            releases: Whether the pipeline can hand releases over, now or later: no change of another environment must
                delete those that there are.
        """
        super().__init__(scope, id_)
        self.key = key
        self.artifacts = Bucket(
            self,
            "artifacts",
            config=BucketConfig(
                # Not of everything: the programs are written by an apply, and the next one may be years away.
                expiration_days=_ARTIFACT_DAYS,
                expiring_prefixes=(pipeline[:_KEY_START], _CACHE),
                noncurrent_version_days=_NONCURRENT_DAYS,
                protect=protect,
            ),
            label=label,
            name=label.bucket_name("artifacts"),
            key=key,
            access_logs=access_logs,
        )
        self.releases = (
            Bucket(
                self,
                "releases",
                config=BucketConfig(noncurrent_version_days=_NONCURRENT_DAYS, protect=protect),
                label=label,
                name=releases_bucket(label),
                key=key,
                access_logs=access_logs,
            )
            if releases
            else None
        )
        self.programs = Programs(self, "programs", bucket=self.artifacts)

    def cache_location(self, project: str) -> str:
        """Where a project keeps its cache."""
        return f"{self.artifacts.name}/{_CACHE}{project}"

    def grant_artifacts(self, grantee: Grantable, *, pipeline: str) -> None:
        """Allow the role of a pipeline to read and write its artifacts, whose keys start with its name, cut.

        Without s3:PutObjectAcl the source on GitHub fails with "Upload to S3 failed .. Access Denied":
        https://github.com/aws/aws-cdk/issues/13557. The others are AWS's minimum:
        https://repost.aws/knowledge-center/codepipeline-access-denied-errors
        """
        grantee.add_to_policy(
            Statement(
                sid="UseArtifacts",
                actions=(
                    "s3:GetObject",
                    "s3:GetObjectTagging",
                    "s3:GetObjectVersion",
                    "s3:GetObjectVersionTagging",
                    "s3:PutObject",
                    "s3:PutObjectAcl",
                    "s3:PutObjectTagging",
                ),
                resources=(f"{self.artifacts.arn}/{pipeline[:_KEY_START]}*",),
            ),
        )
        self._grant_look(grantee)
        self.key.grant_encrypt_decrypt(grantee, KeyUse.objects())

    def grant_action(self, grantee: Grantable, *, pipeline: str, inputs: Sequence[str], outputs: Sequence[str]) -> None:
        """Allow a build to read the input artifacts of one of its actions, and to write its output artifacts."""
        grants = (("ReadInputs", _READ_ARTIFACT, inputs), ("WriteOutputs", ("s3:PutObject",), outputs))
        grantee.add_to_policy(
            *(
                Statement(
                    sid=sid,
                    actions=actions,
                    resources=tuple(f"{self.artifacts.arn}/{_artifact_keys(pipeline, name)}" for name in names),
                )
                for sid, actions, names in grants
                if names
            )
        )

    def grant_build(self, grantee: Grantable, *, project: str) -> None:
        """Allow a build to look at the bucket, to read its programs, and to read and write its cache."""
        self._grant_look(grantee)
        self.key.grant_encrypt_decrypt(grantee, KeyUse.objects())
        self.programs.grant_read(grantee)
        grantee.add_to_policy(
            Statement(
                sid="UseCache",
                actions=("s3:GetObject", "s3:PutObject"),
                resources=(f"{self.artifacts.arn}/{_CACHE}{project}/*",),
            ),
        )

    def _grant_look(self, grantee: Grantable) -> None:
        grantee.add_to_policy(
            Statement(
                sid="LookAtArtifacts",
                actions=("s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning"),
                resources=(self.artifacts.arn,),
            )
        )

    def grant_release(self, grantee: Grantable, *, prefix: str) -> None:
        """Allow `grantee` to write finished releases; versioning keeps those before."""
        if self.releases is None:
            return
        grantee.add_to_policy(
            Statement(sid="WriteReleases", actions=("s3:PutObject",), resources=(f"{self.releases.arn}/{prefix}/*",))
        )


def _artifact_keys(pipeline: str, artifact: str) -> str:
    """The keys of one artifact of a pipeline, which no other artifact has: `artifact()` of the buildspecs says why."""
    cut = artifact[: buildspecs.FOLDER_CHARACTERS]
    return f"{pipeline[:_KEY_START]}/{cut}/*"
