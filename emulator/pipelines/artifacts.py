"""The artifacts of a pipeline: encrypted zips in its bucket."""

from __future__ import annotations

import io
import secrets
import string
import zipfile
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from emulator.pipelines.errors import ActionError
from emulator.pipelines.execution import Artifact

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.sessions import Session

_LETTERS: Final = string.ascii_letters + string.digits
# https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-view-cli.html#pipelines-action-executions-cli has
# SourceArti for SourceArtifact; for the pipeline: https://github.com/aws/aws-cdk/issues/4350
_PIPELINE_CHARACTERS, _ARTIFACT_CHARACTERS, _KEY_CHARACTERS = 20, 10, 7


class ArtifactStore:
    """The bucket of a pipeline, with the credentials of its role; the caller must not have the emulator's lock."""

    def __init__(self, structure: Mapping[str, Any], session: Session, *, region: str) -> None:
        """Use the store of the pipeline's region."""
        store = structure.get("artifactStore") or (structure.get("artifactStores") or {})[region]
        self._bucket, self._key = str(store["location"]), store.get("encryptionKey")
        self._pipeline = str(structure["name"])
        self._session = session

    def place(self, name: str, *, revision: str = "", summary: str = "") -> Artifact:
        """Choose the object of an artifact that is not stored yet."""
        part = "".join(secrets.choice(_LETTERS) for _ in range(_KEY_CHARACTERS))
        key = f"{self._pipeline[:_PIPELINE_CHARACTERS]}/{name[:_ARTIFACT_CHARACTERS]}/{part}"
        return Artifact(name, self._bucket, key, revision, summary)

    def put(self, artifact: Artifact, content: bytes) -> None:
        """Store an artifact.

        Raises:
            ActionError: The bucket does not exist, or refuses it.
        """
        encryption = {"SSEKMSKeyId": self._key["id"]} if self._key else {}
        try:
            self._session.client("s3").put_object(
                Bucket=self._bucket, Key=artifact.key, Body=content, ServerSideEncryption="aws:kms", **encryption
            )
        except ClientError as error:
            raise _refusal(self._bucket, error) from error

    def get(self, artifact: Artifact) -> bytes:
        """Read an artifact.

        Raises:
            ActionError: It does not exist any more.
        """
        try:
            found = self._session.client("s3").get_object(Bucket=artifact.bucket, Key=artifact.key)
        except ClientError as error:
            raise _refusal(artifact.bucket, error) from error
        content: bytes = found["Body"].read()
        return content


def read_file(content: bytes, path: str) -> str | None:
    """Return the text of a file in a zip; None if it has none of that path."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.read(path).decode() if path in archive.namelist() else None
    except zipfile.BadZipFile:
        return None


def _refusal(bucket: str, error: ClientError) -> ActionError:
    """https://docs.aws.amazon.com/codepipeline/latest/userguide/troubleshooting.html."""
    code = error.response["Error"]["Code"]
    if code in {"AccessDenied", "403"}:
        message = (
            "Insufficient permissions. The service role or action role doesn't have the permissions required to access "
            f"the Amazon S3 bucket named {bucket}. Update the IAM role permissions, and then try again. Error: Amazon "
            f"S3:AccessDenied:{error.response['Error']['Message']}"
        )
        return ActionError(code="PermissionError", message=message)
    message = (
        "The action failed because either the artifact or the Amazon S3 bucket could not be found. Name of artifact "
        f"bucket: {bucket}. Verify that this bucket exists. If it exists, check the life cycle policy, then try "
        "releasing a change."
    )
    return ActionError(code="ConfigurationError", message=message)
