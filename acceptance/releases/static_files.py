"""What users get of an environment's static files: those whose names stay the same from release to release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from acceptance.releases.application import NAMED
from build_steps.asset_files import Asset
from config.edge import VIEWER_REGION
from config.names import Names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import boto3

    from config.environment import Environment


def shown_files(environment: Environment, session: boto3.Session) -> dict[str, str]:
    """Key and version of each object that a release can change for users; none without static files.

    Not those with a hash in their name: a page of the release must refer to them first.
    """
    if environment.delivery is None or environment.delivery.assets is None or environment.edge is None:
        return {}
    home = environment.names
    names = Names(
        project=home.project,
        environment=home.environment,
        account_id=home.account_id,
        region=VIEWER_REGION,
        home_region=home.home_region,
    )
    s3 = session.client("s3", region_name=VIEWER_REGION)
    pages = s3.get_paginator("list_object_versions").paginate(
        Bucket=names.bucket_name("assets"), Prefix=environment.edge.static_prefix
    )
    return {
        one["Key"]: one["VersionId"]
        for page in pages
        for one in page.get("Versions", ())
        if one["IsLatest"] and not Asset(path=one["Key"], size=one["Size"], sha256="").is_hashed()
    }


def change_problems(before: Mapping[str, str], now: Mapping[str, str], *, when: str) -> Iterator[str]:
    """Objects that users see and that were added, changed or removed."""
    changed = sorted(key for key in {*before, *now} if before.get(key) != now.get(key))
    if changed:
        yield f"{', '.join(changed)} changed for users {when}"


def unpublished(environment: Environment, session: boto3.Session, *, before: Mapping[str, str]) -> Iterator[str]:
    """The static file of a finished release that users still do not get."""
    if environment.delivery is None or environment.delivery.assets is None or environment.edge is None:
        return
    key = f"{environment.edge.static_prefix}{NAMED}"
    if shown_files(environment, session).get(key) in {None, before.get(key)}:
        yield f"the release has not published {key}"
