"""The page that users see while no service answers: a file in the assets bucket, which needs no service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.s3_object import S3Object
from constructs import Construct

import templates

if TYPE_CHECKING:
    from modules.bucket import Bucket

_KEY: Final = "unavailable.html"
_TITLE: Final = "This site is not available"
_TEXT: Final = "Something is wrong on our side, and we are working on it. Please try again in a few minutes."
# Seconds that CloudFront and browsers keep it.
_MAX_AGE_SECONDS: Final = 300


class ErrorPage(Construct):
    """A page without scripts, styles and images, so that no content security policy changes it.

    It is beside the static files, not among them: a deployment that deletes what it does not know keeps it.
    """

    path: Final = f"/{_KEY}"
    """Its path on the site."""

    def __init__(self, scope: Construct, id_: str, *, bucket: Bucket) -> None:
        super().__init__(scope, id_)
        S3Object(
            self,
            "Default",
            bucket=bucket.id,
            key=_KEY,
            content=templates.render("unavailable.html.j2", title=_TITLE, text=_TEXT),
            content_type="text/html; charset=utf-8",
            cache_control=f"public, max-age={_MAX_AGE_SECONDS}",
            depends_on=bucket.dependables,
        )
