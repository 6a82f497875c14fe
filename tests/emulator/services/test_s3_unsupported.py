from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import botocore.session
import pytest
from botocore import xform_name
from botocore.exceptions import ClientError
from moto.s3.responses import S3Response

from emulator import services
from emulator.registry import REGISTRY

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

MODEL = botocore.session.get_session().get_service_model("s3")


def keys_of_moto(part: str, method: str) -> set[str]:
    """The query keys that moto's handler of an HTTP method reads."""
    if (part, method) == ("bucket", "post"):
        return {"delete"}
    source = inspect.getsource(getattr(S3Response, f"_{part}_response_{method}"))
    found = re.findall(r'"([\w-]+)" in query|query(?:string)?\.get\("([\w-]+)"', source)
    return {one or other for one, other in found}


def unknown_to_moto() -> list[str]:
    """The S3 operations with a query key that neither moto nor this emulator supports."""
    services.load()
    found = []
    for name in MODEL.operation_names:
        http = MODEL.operation_model(name).http
        path, query = urlsplit(http["requestUri"])[2:4]
        keys = {key for key, _ in parse_qsl(query, keep_blank_values=True)}
        ours = REGISTRY.handlers("s3", name)
        if not keys or (ours and ours.operation):
            continue
        if not keys & keys_of_moto("key" if "{Key+}" in path else "bucket", http["method"].lower()):
            found.append(name)
    return found


UNKNOWN = unknown_to_moto()


def least(shape: Any, name: str, bucket: str) -> Any:
    """The minimal value that botocore accepts."""
    if shape.type_name == "structure":
        wanted = shape.required_members or list(shape.members)[:1]  # a union needs exactly one
        return {one: least(shape.members[one], one, bucket) for one in wanted}
    if shape.type_name == "list":
        return []
    known = {"Bucket": bucket, "boolean": True, "integer": 1, "blob": b"x", "timestamp": "2026-01-01T00:00:00Z"}
    return (
        known.get(name)
        or known.get(shape.type_name)
        or (getattr(shape, "enum", None) or ["all-of-it-at-once-please"])[0]
    )


def test_the_scan_finds_known_gaps() -> None:
    assert {"PutBucketMetricsConfiguration", "DeleteBucketMetricsConfiguration", "UpdateObjectEncryption"} <= set(
        UNKNOWN
    )


@pytest.mark.parametrize("name", UNKNOWN)
def test_an_operation_whose_query_moto_does_not_know_is_a_gap_and_does_nothing(client: Client, name: str) -> None:
    s3 = client("s3")
    bucket = f"gap-{name.lower()}"[:63]
    s3.create_bucket(Bucket=bucket)
    method = xform_name(name)

    for wanted in (bucket, f"{bucket[:60]}-x"):
        with pytest.raises(ClientError, match=f"EmulatorGap.*does not implement s3:{name} ") as refused:
            getattr(s3, method)(**least(MODEL.operation_model(name).input_shape, "", wanted))
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    names = [one["Name"] for one in s3.list_buckets()["Buckets"]]
    assert bucket in names
    assert f"{bucket[:60]}-x" not in names
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)
    s3.delete_bucket(Bucket=bucket)
