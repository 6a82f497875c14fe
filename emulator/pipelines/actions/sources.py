"""Actions that take what a release is made of: a commit on GitHub, or an object in S3."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from emulator.arns import parse_arn
from emulator.pipelines import rights
from emulator.pipelines.repositories import REPOSITORIES
from emulator.registry import REGISTRY
from emulator.services.codeconnections import CONNECTIONS

if TYPE_CHECKING:
    from emulator.pipelines.repositories import Commit
    from emulator.pipelines.work import Work

_AVAILABLE: Final = "AVAILABLE"
_STORE: Final = "s3:PutObject"
# The connection uploads with an access control list: https://github.com/aws/aws-cdk/issues/13557
_STORE_BY_CONNECTION: Final = (_STORE, "s3:PutObjectAcl")
_SUMMARY: Final = "codepipeline-artifact-revision-summary"


def github(work: Work) -> None:
    """Take a commit by a connection, which a person must have confirmed.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodestarConnectionSource.html
    """
    arn = work.setting("ConnectionArn")
    parsed = parse_arn(arn)
    service = parsed.service if parsed else "codeconnections"
    rights.require(work.role, (f"{service}:UseConnection",), what=f"the connection {arn}")
    full_name, branch = work.setting("FullRepositoryId"), work.setting("BranchName")
    with REGISTRY.lock:
        account = parsed.account if parsed else work.execution.account
        region = parsed.region if parsed else work.execution.region
        connection = REGISTRY.store.table(CONNECTIONS, account, region).get(arn)
        if connection is None:
            work.fail(f"Connection {arn} could not be found")
        if connection["ConnectionStatus"] != _AVAILABLE:
            work.fail(
                f"Unable to use Connection: {arn}. It is {connection['ConnectionStatus']} and must be AVAILABLE: "
                "confirm it in the console"
            )
        commit = _commit(work, full_name, branch)
    rights.require_upload(work.role, _STORE_BY_CONNECTION, provider="GitHub")
    (name,) = work.output_names
    work.output(name, _without_modes(commit.content), revision=commit.id, summary=commit.message)
    work.run.external_id = commit.id
    work.run.summary = f'{{"ProviderType":"GitHub","CommitMessage":"{commit.message}"}}'
    work.run.variables = {
        "AuthorId": commit.author,
        "BranchName": branch,
        "CommitId": commit.id,
        "CommitMessage": commit.message,
        "ConnectionArn": arn,
        "FullRepositoryName": full_name,
    }


def _commit(work: Work, full_name: str, branch: str) -> Commit:
    """The commit that the start has named, or the newest of the branch; the caller has the lock."""
    repository = REPOSITORIES.get(full_name)
    if repository is None:
        work.fail(f"Could not access the GitHub repository {full_name}. Verify that the connection has access to it")
    wanted = work.execution.overrides.get(work.run.name)
    if wanted:
        if wanted not in repository.commits:
            work.fail(f"No commit {wanted} found for FullRepositoryName {full_name}", "RevisionUnavailable")
        return repository.commits[wanted]
    if branch not in repository.branches:
        work.fail(f"[GitHub] No Branch [{branch}] found for FullRepositoryName [{full_name}]")
    return repository.commits[repository.branches[branch]]


def _without_modes(content: bytes) -> bytes:
    """The same files, none of which can be executed: the ZIP file of a connection can lose that.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/troubleshooting.html#troubleshooting-file-permissions
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(zipfile.ZipInfo(entry.filename, entry.date_time), old.read(entry), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def s3(work: Work) -> None:
    """Take an object of a versioned bucket, also one of another account.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-S3.html
    """
    bucket, key = work.setting("S3Bucket"), work.execution.keys.get(work.run.name) or work.setting("S3ObjectKey")
    what = f"the Amazon S3 object {key} in the Amazon S3 bucket {bucket}"
    for right in ("s3:GetObject", "s3:GetObjectVersion", "s3:GetBucketVersioning"):
        rights.require(work.role, (right,), what=what)
        rights.require_bucket(work.role, bucket, right)
    rights.require(work.role, (_STORE,), what="the artifact bucket")
    client = work.session.client("s3")
    wanted = work.execution.overrides.get(work.run.name)
    try:
        if client.get_bucket_versioning(Bucket=bucket).get("Status") != "Enabled":
            work.fail(f"The Amazon S3 bucket {bucket} is not versioned. Enable versioning on it")
        found = client.get_object(Bucket=bucket, Key=key, **({"VersionId": wanted} if wanted else {}))
    except ClientError as error:
        work.fail(
            f"The object with key '{key}' could not be read in the Amazon S3 bucket '{bucket}'. Verify that it exists: "
            f"{error.response['Error']['Message']}"
        )
    version = str(found["VersionId"])
    metadata = {key.lower(): value for key, value in found["Metadata"].items()}  # a name of a header has any case
    summary = str(metadata.get(_SUMMARY) or "")
    (name,) = work.output_names
    work.output(name, found["Body"].read(), revision=version, summary=summary)
    work.run.external_id, work.run.summary = version, summary
    work.run.variables = {
        "BucketName": bucket,
        "ETag": str(found["ETag"]).strip('"'),
        "ObjectKey": key,
        "VersionId": version,
    }
