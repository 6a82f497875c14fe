"""What changes its address by a block of docs/upgrades.md keeps its data; without a block it is destroyed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest
from cdktf import App, LocalBackend, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
from constructs import Construct

from main import ROOT
from synthesis.manifest import METADATA, metadata
from synthesis.stateful import STATEFUL
from tests.upgrade.changes import Change, ExpectedChanges
from tests.upgrade.checkout import open_checkouts
from tests.upgrade.report import UpgradeReport

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.emulator, pytest.mark.terraform, pytest.mark.seconds(60)]

ACCOUNT: Final = "900000000399"
NAMES: Final = ("files", "logs", "images", "exports")


class Version(App):
    """A version of a small project."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(exist_ok=True)
        super().__init__(outdir=str(folder / name), context=json.loads((ROOT / "cdktf.json").read_text())["context"])
        self.states = folder

    def stack(self, id_: str) -> TerraformStack:
        stack = TerraformStack(self, id_)
        AwsProvider(stack, "aws", region="us-east-1", allowed_account_ids=[ACCOUNT])
        identity = metadata(
            project="any", environment="test", layer=id_, name=id_, region="us-east-1", protect_data=False
        )
        stack.add_override(METADATA, identity)
        LocalBackend(stack, path=str(self.states / f"{id_}.tfstate"))
        return stack


def bucket(scope: Construct, name: str) -> S3Bucket:
    return S3Bucket(scope, name, bucket=f"upgrade-{name}")


def drafts(scope: Construct) -> S3Bucket:
    return S3Bucket(scope, "drafts", bucket_prefix="upgrade-drafts-")


def before(folder: Path) -> Path:
    app = Version(folder, "before")
    stack = app.stack("test-unit")
    for name in NAMES:
        bucket(stack, name)
    drafts(stack)
    app.synth()
    return folder / "before"


def after(folder: Path) -> Path:
    """Every bucket is elsewhere: three in a construct, one in another stack, and one in a construct without a block."""
    app = Version(folder, "after")
    stack = app.stack("test-unit")
    archive = Construct(stack, "archive")
    bucket(archive, "files").move_from_id("aws_s3_bucket.files")
    logs = bucket(archive, "logs")
    stack.add_override("moved", [{"from": "aws_s3_bucket.logs", "to": f"aws_s3_bucket.{logs.friendly_unique_id}"}])
    images = bucket(archive, "images")
    images.move_from_id("aws_s3_bucket.images")
    images.tags = {"Contents": "images"}
    stack.add_override("removed", [{"from": "aws_s3_bucket.exports", "lifecycle": {"destroy": False}}])
    bucket(app.stack("test-export"), "exports").import_from("upgrade-exports")
    drafts(archive)
    app.synth()
    return folder / "after"


def objects(s3: Any) -> dict[str, list[str]]:
    """The objects of each bucket of the account."""
    names = [one["Name"] for one in s3.list_buckets()["Buckets"]]
    return {name: [item["Key"] for item in s3.list_objects_v2(Bucket=name).get("Contents", [])] for name in names}


def test_what_moves_with_a_block_stays_and_what_moves_without_one_is_lost(tmp_path: Path) -> None:
    with open_checkouts({"test": ACCOUNT}, tmp_path / "checkouts") as checkouts:
        checkout = checkouts["test"]
        ids_before = checkout.install(before(tmp_path / "versions"))
        checkout.apply()
        s3 = checkout.harness.account("test").session().client("s3")
        kept = {f"upgrade-{name}": ["any"] for name in NAMES}
        for name in kept:
            s3.put_object(Bucket=name, Key="any", Body=b"")
        (lost,) = objects(s3).keys() - kept

        ids_after = checkout.install(after(tmp_path / "versions"))
        plans, failures = checkout.upgrade()
        report = UpgradeReport("test", ids_before, ids_after, plans, failures, checkout.second_plan())
        left = objects(s3)

    listed = {
        Change("test-unit", "aws_s3_bucket.archive_files_F8CD4B6A", "move"),
        Change("test-unit", "aws_s3_bucket.archive_logs_B0C3B96B", "move"),
        Change("test-unit", "aws_s3_bucket.archive_images_7A6BF468", "update"),
        Change("test-unit", "aws_s3_bucket.exports", "remove"),
        Change("test-export", "aws_s3_bucket.exports", "import"),
        Change("test-unit", "aws_s3_bucket.archive_drafts_6C956ACB", "create"),
    }
    expected = ExpectedChanges(tmp_path / "test.txt", dict.fromkeys(listed, ("",)))
    assert report.changes - listed == {Change("test-unit", "aws_s3_bucket.drafts", "delete")}
    told = report.problems(expected, irreplaceable=STATEFUL)
    assert told.startswith("test: these hold what Terraform cannot bring back")
    assert told.endswith(":\n  test-unit aws_s3_bucket.drafts delete")
    assert kept.items() <= left.items()
    assert lost not in left
