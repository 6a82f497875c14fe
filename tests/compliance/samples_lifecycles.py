"""Objects that Terraform writes, and lifecycles of their buckets."""

from __future__ import annotations

from typing import Any

from tests.compliance.samples import Sample, backend, reads, sample, stack

_RULE = "bucket-keeps-what-terraform-writes"
_EXPIRES = {"status": "Enabled", "expiration": [{"days": 90}]}
_REMOTE = "${data.terraform_remote_state.store.outputs.bucket}"


def _bucket(**rule: Any) -> dict[str, dict[str, Any]]:
    return {
        "aws_s3_bucket.b": {},
        "aws_s3_bucket_lifecycle_configuration.b": {
            "bucket": "${aws_s3_bucket.b.id}",
            "rule": [{"id": "expire", **_EXPIRES, **rule}],
        },
    }


def _written(**rule: Any) -> dict[str, dict[str, Any]]:
    item = {"bucket": "${aws_s3_bucket.b.id}", "key": "programs/all.zip"}
    return {"aws_s3_object.o": item, **_bucket(**rule)}


_ELSEWHERE = _written(filter=[{"prefix": "cache/"}])
_READER = {"aws_s3_object.o": {"bucket": _REMOTE, "key": "cache/all.zip"}}
_STORE = stack(
    _bucket(filter=[{"prefix": "cache/"}]),
    layer="store",
    terraform=backend("store"),
    output={"bucket": {"value": "${aws_s3_bucket.b.id}"}},
)

SAMPLES: tuple[Sample, ...] = (
    sample(_RULE, _ELSEWHERE, _written(filter=[{"prefix": ""}]), says="expire of aws_s3_bucket.b deletes it"),
    sample(_RULE, _written(status="Disabled"), _written(filter=[{"prefix": "programs/"}]), says="deletes it"),
    sample(
        _RULE,
        _written(expiration=[{"expired_object_delete_marker": True}]),
        _written(filter=[{"and": {"prefix": "pro", "object_size_greater_than": 1}}]),
        says="deletes it",
    ),
    sample(_RULE, _written(expiration=None), _written(), says="deletes it"),
    sample(
        _RULE,
        {"aws_s3_object.o": {**_READER["aws_s3_object.o"], "key": "programs/all.zip"}},
        _READER,
        says="deletes it",
        others=(_STORE,),
        data=reads("store"),
    ),
    sample(_RULE, _ELSEWHERE, {"aws_s3_object.o": {"bucket": "b", "key": "k"}}, says="is in none of the stacks"),
)
