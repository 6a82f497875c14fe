"""The release files are in a bucket that keeps earlier versions."""

from __future__ import annotations

from modules.service.release_files import ReleaseFiles
from tests.modules.service.parts import Parts
from tests.template import LABEL, Template


def test_each_file_is_in_the_folder_of_its_service() -> None:
    parts = Parts.make()
    files = ReleaseFiles(parts.stack, "files", label=LABEL, key=parts.key, access_logs=parts.access_logs, protect=False)
    files.add("api", files={"taskdef.json": "{}", "appspec.yaml": "version: 0.0"})
    template = Template.of(parts.stack)
    found = {o["key"]: (o["content"], o["content_type"]) for o in template.all("aws_s3_object").values()}
    assert found == {
        "api/taskdef.json": ("{}", "application/json"),
        "api/appspec.yaml": ("version: 0.0", "application/yaml"),
    }
    assert ReleaseFiles.path("api", "taskdef.json") in found


def test_the_bucket_is_versioned_and_encrypted_with_the_key() -> None:
    parts = Parts.make()
    ReleaseFiles(parts.stack, "files", label=LABEL, key=parts.key, access_logs=parts.access_logs, protect=False)
    template = Template.of(parts.stack)
    (rule,) = template.named("aws_s3_bucket_server_side_encryption_configuration.files_bucket_encryption")["rule"]
    assert rule["apply_server_side_encryption_by_default"]["kms_master_key_id"] == "${aws_kms_key.key.arn}"
    versioning = template.named("aws_s3_bucket_versioning.files_bucket_versioning")
    assert versioning["versioning_configuration"] == {"status": "Enabled"}
