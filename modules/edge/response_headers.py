"""The headers that CloudFront adds to every response, whichever origin answered."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.cloudfront_response_headers_policy import (
    CloudfrontResponseHeadersPolicy,
    CloudfrontResponseHeadersPolicyCustomHeadersConfig,
    CloudfrontResponseHeadersPolicyCustomHeadersConfigItems,
    CloudfrontResponseHeadersPolicySecurityHeadersConfig,
    CloudfrontResponseHeadersPolicySecurityHeadersConfigContentSecurityPolicy,
    CloudfrontResponseHeadersPolicySecurityHeadersConfigContentTypeOptions,
    CloudfrontResponseHeadersPolicySecurityHeadersConfigFrameOptions,
    CloudfrontResponseHeadersPolicySecurityHeadersConfigReferrerPolicy,
    CloudfrontResponseHeadersPolicySecurityHeadersConfigStrictTransportSecurity,
)
from constructs import Construct

from config.response_headers import OWN_HEADERS
from modules.label import Label, NameLimit

if TYPE_CHECKING:
    from config.edge import EdgeSettings

# Two years, which the list of browsers asks for: https://hstspreload.org
_HSTS_SECONDS: Final = 63_072_000


class ResponseHeaders(Construct):
    """A response headers policy: HTTPS only, no frames, no guessed content types, and the settings' headers.

    It replaces what an origin sends, so that one forgotten header of a service opens nothing.
    """

    def __init__(self, scope: Construct, id_: str, *, config: EdgeSettings, label: Label) -> None:
        super().__init__(scope, id_)
        self._policy = CloudfrontResponseHeadersPolicy(
            self,
            "Default",
            name=label.global_name("headers", limit=NameLimit.CLOUDFRONT),
            security_headers_config=CloudfrontResponseHeadersPolicySecurityHeadersConfig(
                strict_transport_security=CloudfrontResponseHeadersPolicySecurityHeadersConfigStrictTransportSecurity(
                    access_control_max_age_sec=_HSTS_SECONDS,
                    # The list requires it; without the list, what else is below the domain is not decided here.
                    include_subdomains=config.hsts_preload,
                    preload=config.hsts_preload,
                    override=True,
                ),
                content_security_policy=CloudfrontResponseHeadersPolicySecurityHeadersConfigContentSecurityPolicy(
                    content_security_policy=config.content_security_policy, override=True
                ),
                content_type_options=CloudfrontResponseHeadersPolicySecurityHeadersConfigContentTypeOptions(
                    override=True
                ),
                frame_options=CloudfrontResponseHeadersPolicySecurityHeadersConfigFrameOptions(
                    frame_option="DENY", override=True
                ),
                referrer_policy=CloudfrontResponseHeadersPolicySecurityHeadersConfigReferrerPolicy(
                    referrer_policy="strict-origin-when-cross-origin", override=True
                ),
            ),
            custom_headers_config=CloudfrontResponseHeadersPolicyCustomHeadersConfig(
                items=[
                    CloudfrontResponseHeadersPolicyCustomHeadersConfigItems(header=name, value=value, override=True)
                    for name, value in sorted({**OWN_HEADERS, **config.headers}.items())
                ]
            ),
        )

    @cached_property
    def id(self) -> str:
        """Id of the policy."""
        return self._policy.id
