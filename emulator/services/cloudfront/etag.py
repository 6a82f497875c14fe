"""ETags: CloudFront requires the last one before it changes or deletes anything."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from emulator.errors import AwsError

if TYPE_CHECKING:
    from emulator.store import Shape


def new_id() -> str:
    """Return an identifier in CloudFront's format, which is also used as an ETag."""
    return f"E{uuid.uuid4().hex[:13].upper()}"


def require_match(params: Shape, etag: str) -> None:
    """Refuse a change that is not based on the current version."""
    given = params.get("IfMatch")
    if given is None:
        raise AwsError(
            code="InvalidIfMatchVersion",
            message="The If-Match version is missing or not valid for the resource.",
        )
    if given.strip('"') != etag:
        raise AwsError(
            code="PreconditionFailed",
            message=(
                "The request failed because it didn't meet the preconditions in one or more request-header fields"
            ),
        )
