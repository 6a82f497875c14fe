from __future__ import annotations

import pytest

from preflight.platform import tags_from
from synthesis.manifest import OutputError
from tests.preflight.samples import OWN_TAGS, layer, of, platform


def test_the_account_is_the_one_that_the_provider_allows() -> None:
    assert platform(account="123456789012").account_id == "123456789012"


def test_an_output_without_account_is_refused() -> None:
    with pytest.raises(OutputError, match=r"test-unit names no account in allowed_account_ids"):
        _ = platform(provider={"allowed_account_ids": []}).account_id


def test_only_both_tags_make_something_the_environments() -> None:
    own = platform()

    assert own.owns({**OWN_TAGS, "Layer": "x"})
    assert not own.owns({"Project": "acme"})
    assert not own.owns({"Project": "acme", "Environment": "other"})


def test_without_tags_in_the_output_nothing_is_the_environments() -> None:
    assert not platform(provider={"default_tags": []}).owns({})


def test_names_are_those_that_the_json_has() -> None:
    found = platform(
        {"aws_s3_bucket.a": {"bucket": "a"}, "aws_s3_bucket.b": {"bucket": "${aws_x.y.id}"}, "aws_s3_bucket.c": {}}
    )

    assert found.names("aws_s3_bucket", "bucket") == {"a"}


def test_resources_are_in_the_region_of_their_stack() -> None:
    both = of(
        layer({"aws_eip.a": {}}, layer="one"),
        layer({"aws_eip.b": {}}, layer="two", region="eu-west-1"),
    )

    assert both.regions == ["eu-west-1", "us-east-1"]
    assert [placed.resource.name for placed in both.all("aws_eip", region="eu-west-1")] == ["b"]
    assert both.regions_with("aws_vpc") == []


def test_tags_are_read_from_pairs_of_any_names() -> None:
    assert tags_from([{"TagKey": "a", "TagValue": "1"}], "TagKey", "TagValue") == {"a": "1"}
    assert tags_from(None) == {}
