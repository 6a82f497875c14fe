from __future__ import annotations

import pytest

from report.settings import LONGEST, at, settings, shortened, text


def test_blocks_become_paths_and_only_the_second_one_has_a_number() -> None:
    found = settings({"name": "a", "rule": [{"port": 80}, {"port": 443}], "environment": {"type": "ARM"}})
    assert found == {"name": "a", "rule.port": "80", "rule[2].port": "443", "environment.type": "ARM"}


def test_references_documents_and_what_only_terraform_reads_are_left_out() -> None:
    found = settings(
        {
            "//": {"metadata": {"path": "a"}},
            "tags": {"Name": "a"},
            "lifecycle": {"prevent_destroy": True},
            "key": "${aws_kms_key.key.arn}",
            "policy": '{"Statement": []}',
            "names": ["a", "${aws_s3_bucket.b.id}"],
            "is_on": True,
        }
    )
    assert found == {"is_on": "yes"}


@pytest.mark.parametrize(
    ("value", "shown"), [(True, "yes"), (False, "no"), (3, "3"), (0.5, "0.5"), (["a", 1], "a, 1"), (None, ""), ([], "")]
)
def test_a_value_is_written_for_a_person(value: object, shown: str) -> None:
    assert text(value) == shown


def test_a_long_value_becomes_one_line_that_ends_with_an_ellipsis() -> None:
    assert shortened("a\n  b") == "a b"
    assert len(shortened("a" * 500)) == LONGEST
    assert shortened("a" * 500).endswith("…")


def test_a_path_leads_into_the_first_block() -> None:
    assert at({"a": [{"b": {"c": 1}}, {"b": {"c": 2}}]}, "a.b.c") == 1
    assert at({"a": 1}, "b.c") is None
