"""A small stack with what the layer `edge` needs, for tests of its constructs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from config.edge import EdgeSettings
from modules.bucket import Bucket, BucketConfig
from modules.edge.assets_bucket import AssetsBucket
from modules.edge.distribution import Distribution
from modules.edge.response_headers import ResponseHeaders
from modules.edge.site_function import SiteFunction
from modules.key import Key
from modules.service.origin import Origin
from tests.template import LABEL, Template, new_stack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cdktf import TerraformStack

    from modules.edge.origins import Nearest
    from modules.topic import Topics

CERTIFICATE = "arn:aws:acm:us-east-1:444444444444:certificate/1"
PUBLIC = Origin(host_name="origin.users.example.com", vpc_origin_id=None)


@dataclass
class Parts:
    """The stack and its constructs."""

    stack: TerraformStack
    access_logs: Bucket
    key: Key
    assets: AssetsBucket

    @staticmethod
    def make(prefix: str = "static/") -> Parts:
        """An assets bucket with its key and the bucket of its access logs."""
        stack = new_stack()
        logs = Bucket(
            stack,
            "logs",
            config=BucketConfig(noncurrent_version_days=1, protect=True),
            label=LABEL,
            name="logs-1",
            key=None,
            access_logs=None,
        )
        key = Key(
            stack, "key", label=LABEL, name="assets", description="Static files", protect=True, attach_policy=True
        )
        assets = AssetsBucket(stack, "assets", label=LABEL, key=key, access_logs=logs, prefix=prefix, protect=True)
        return Parts(stack, logs, key, assets)

    def distribution(
        self,
        *,
        origin: Origin = PUBLIC,
        idle_timeout_seconds: int = 60,
        service_paths: Sequence[str] = ("/api/*",),
        web_acl_arn: str | None = None,
        topics: Topics | None = None,
        assets_copy_domain: str | None = None,
        nearest: Nearest | None = None,
        **settings: Any,
    ) -> Distribution:
        """A distribution with these settings."""
        config = EdgeSettings(**settings)
        return Distribution(
            self.stack,
            "distribution",
            config=config,
            label=LABEL,
            names=("users.example.com", "www.users.example.com"),
            certificate_arn=CERTIFICATE,
            origin=origin,
            idle_timeout_seconds=idle_timeout_seconds,
            service_paths=service_paths,
            assets=self.assets,
            assets_copy_domain=assets_copy_domain,
            nearest=nearest,
            headers=ResponseHeaders(self.stack, "headers", config=config, label=LABEL),
            page_function=SiteFunction(self.stack, "pages", config=config, label=LABEL, serves="pages"),
            service_function=SiteFunction(self.stack, "services", config=config, label=LABEL, serves="services"),
            web_acl_arn=web_acl_arn,
            max_error_percent=5,
            topics=topics,
        )

    def template(self) -> Template:
        """The stack's JSON."""
        return Template.of(self.stack)
