"""Samples for the rules on replication."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.compliance.samples import Sample, changed, sample, stack

_ON = {"status": "Enabled"}
_OFF = {"status": "Disabled"}
_CONFIGURATION = "aws_s3_bucket_replication_configuration.assets"
_REGISTRY = "aws_ecr_replication_configuration.images"
_DESTINATION: dict[str, Any] = {
    "bucket": "arn:aws:s3:::copies",
    "encryption_configuration": {"replica_kms_key_id": "arn:aws:kms:us-west-2:444444444444:alias/copies"},
    "metrics": {**_ON, "event_threshold": {"minutes": 15}},
    "replication_time": {**_ON, "time": {"minutes": 15}},
}
_RULE: dict[str, Any] = {
    "id": "copy",
    **_ON,
    "filter": {"prefix": ""},
    "delete_marker_replication": _ON,
    "source_selection_criteria": {"sse_kms_encrypted_objects": _ON},
    "destination": _DESTINATION,
}
_GOOD: dict[str, dict[str, Any]] = {_CONFIGURATION: {"rule": [_RULE]}, "aws_kms_key.k": {}}
_FILTER = {"filter": "acme-", "filter_type": "PREFIX_MATCH"}
_PLACE = {"region": "us-west-2", "registry_id": "444444444444"}
_GOOD_REGISTRY: dict[str, dict[str, Any]] = {
    _REGISTRY: {"replication_configuration": {"rule": [{"destination": [_PLACE], "repository_filter": [_FILTER]}]}}
}


def _rule(name: str, *, says: str, **members: object) -> Sample:
    return sample(name, _GOOD, changed(_GOOD, _CONFIGURATION, rule=[{**_RULE, **members}]), says=says)


def _destination(name: str, *, says: str, without: str = "", **members: object) -> Sample:
    place = {key: value for key, value in {**_DESTINATION, **members}.items() if key != without}
    return _rule(name, says=says, destination=place)


_COPIES = stack({"aws_s3_bucket.c": {"bucket": "copies"}}, layer="copies", region="us-west-2")
_KEY_AT_HOME = {"replica_kms_key_id": "arn:aws:kms:us-east-1:444444444444:alias/copies"}
_KEY_OF_STACK = {"replica_kms_key_id": "${aws_kms_key.k.arn}"}

SAMPLES = (
    *(
        replace(
            _destination(
                "replication-encrypts-copies",
                encryption_configuration=key,
                says="the rule copy has a key in us-east-1 for copies in us-west-2",
            ),
            others=(_COPIES,),
        )
        for key in (_KEY_AT_HOME, _KEY_OF_STACK)
    ),
    _rule("replication-copies-all", status="Disabled", says="the rule copy is not enabled"),
    _rule("replication-copies-all", filter={"prefix": "logs/"}, says="copies only what its filter selects"),
    _rule("replication-copies-all", delete_marker_replication=_OFF, says="does not copy delete markers"),
    _rule("replication-copies-all", source_selection_criteria=None, says="leaves out what a KMS key encrypts"),
    _destination("replication-encrypts-copies", without="encryption_configuration", says="has no key for the copies"),
    _destination("replication-is-measured", metrics=_OFF, says="has no metrics"),
    _destination("replication-is-measured", without="replication_time", says="has no replication_time"),
    sample(
        "registry-replication-is-filtered",
        _GOOD_REGISTRY,
        changed(_GOOD_REGISTRY, _REGISTRY, replication_configuration={"rule": [{"destination": [_PLACE]}]}),
        says="copies the whole registry",
    ),
)
