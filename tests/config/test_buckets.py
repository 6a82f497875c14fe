"""A copied bucket has one name for the code that makes it, copies it and checks it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from config.buckets import ASSETS, AUDIT, BACKUPS, copy_name, source_name
from config.names import MAX_ENVIRONMENT_LENGTH, MAX_PROJECT_LENGTH, Names

HOME = Names(project="acme", environment="test", account_id="444444444444", region="eu-west-1", home_region="eu-west-1")
THERE = replace(HOME, region="us-west-2")


@pytest.mark.parametrize("names", [HOME, THERE])
def test_a_source_is_where_its_layer_makes_it_whatever_region_asks(names: Names) -> None:
    assert source_name(names, BACKUPS) == "acme-test-backups-444444444444"
    assert source_name(names, AUDIT) == "acme-test-audit-444444444444"
    assert source_name(names, ASSETS) == "acme-test-assets-us-east-1-444444444444"


def test_a_copy_is_named_by_its_region() -> None:
    assert copy_name(THERE, BACKUPS) == "acme-test-backups-copy-us-west-2-444444444444"


@pytest.mark.parametrize("component", [ASSETS, AUDIT, BACKUPS])
def test_the_longest_names_fit_and_differ_from_their_sources(component: str) -> None:
    longest = replace(THERE, project="p" * MAX_PROJECT_LENGTH, environment="e" * MAX_ENVIRONMENT_LENGTH)
    name = copy_name(longest, component)
    assert len(name) <= 63
    assert name.startswith(f"{longest.prefix}-")
    assert name not in {longest.bucket_name(component), source_name(longest, component)}
