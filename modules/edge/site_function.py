"""What CloudFront does with a request before anything else: pages of a single-page application, and maintenance.

The frontend is an nginx container whose configuration this project does not know. A single-page application has one
file for all its pages, so `/users/42` must get `/index.html`: done here, every nginx can serve it as it is, all pages
share an entry in CloudFront's cache for each host, query and set of cookies, and the answer 404 of another service
stays a 404. An error page of CloudFront that rewrites 404 into `/index.html` would hold for the whole distribution, the
API included.
"""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from cdktf_cdktf_provider_aws.cloudfront_function import CloudfrontFunction
from constructs import Construct

import templates
from config.edge import VIEWER_REGION
from modules.alarm import Alarm, MissingData
from modules.errors import LimitError
from modules.label import Label, NameLimit
from modules.metric import LEAST_ERRORS, Metric, MetricExpression
from modules.runbook import Runbook
from modules.topic import Severity

if TYPE_CHECKING:
    from config.edge import EdgeSettings
    from modules.topic import Topics

Serves = Literal["pages", "services"]

CODE: Final = Path(templates.__file__).with_name("site_function.js")
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-functions
_MAX_BYTES: Final = 10_240
_RETRY_AFTER_SECONDS: Final = 300
_BAD_MINUTES: Final = 3
_TITLE: Final = "Maintenance"
_TEXT: Final = "We are working on this site. Please try again in a few minutes."


class SiteFunction(Construct):
    """A published function; a new text of it is in use within seconds, without a change of the distribution."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        config: EdgeSettings,
        label: Label,
        serves: Serves,
        topics: Topics | None = None,
    ) -> None:
        """Create the function.

        Args:
            config: Has the maintenance switch, which changes only the text of the function.
            label: Names it.
            serves: What it is for: `pages` of the site, or the paths of other services.
            topics: Whom its alarm notifies; None for no alarm.

        Raises:
            LimitError: Its text is longer than CloudFront allows.
        """
        super().__init__(scope, id_)
        code = function_code(config, serves)
        if (size := len(code.encode())) > _MAX_BYTES:
            message = f"its text has {size} bytes; it must have {_MAX_BYTES} or fewer"
            raise LimitError(self, message, remedy=f"shorten {CODE}")
        self._function = CloudfrontFunction(
            self,
            "Default",
            name=label.global_name(serves, limit=NameLimit.CLOUDFRONT),
            comment=f"Requests for {serves}",
            runtime="cloudfront-js-2.0",
            publish=True,
            code=code,
        )
        if topics:
            Alarm(
                self,
                "fails",
                label=label,
                name=f"cloudfront-function-{serves}",
                description=f"The function for {serves} fails or is throttled, and CloudFront answers with 503",
                metric=self.failure_count,
                threshold=LEAST_ERRORS,
                severity=Severity.WARNING,  # if viewers notice, so does the alarm on the distribution's errors
                missing_data=MissingData.NOT_BREACHING,  # without requests it does not run
                runbook=Runbook.CLOUDFRONT_ERRORS,
                topics=topics,
                periods=_BAD_MINUTES,
            )

    @property
    def failure_count(self) -> MetricExpression:
        """Runs that ended with an error, or that CloudFront did not start or finish for lack of computing time.

        https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/monitoring-functions.html
        """
        kinds = {"errors": "FunctionExecutionErrors", "throttles": "FunctionThrottles"}
        return MetricExpression(
            expression=" + ".join(f"FILL({kind}, 0)" for kind in kinds),
            metrics={
                kind: Metric(
                    namespace="AWS/CloudFront",
                    name=name,
                    statistic="Sum",
                    dimensions={"FunctionName": self._function.name, "Region": "Global"},
                    region=VIEWER_REGION,
                )
                for kind, name in kinds.items()
            },
            label="failed runs of the function",
            late_value=0,
        )

    @cached_property
    def arn(self) -> str:
        """ARN of the function."""
        return self._function.arn


def function_code(config: EdgeSettings, serves: Serves) -> str:
    """The text of a function: its settings, then the code."""
    settings = {
        "singlePage": config.single_page and serves == "pages",
        "maintenance": _maintenance(serves) if config.maintenance else None,
    }
    return f"const settings = {json.dumps(settings)};\n{CODE.read_text(encoding='utf-8')}"


def _maintenance(serves: Serves) -> dict[str, str]:
    retry = {"retryAfter": str(_RETRY_AFTER_SECONDS)}
    if serves == "pages":
        page = templates.render("unavailable.html.j2", title=_TITLE, text=_TEXT)
        return {**retry, "contentType": "text/html; charset=utf-8", "body": page}
    return {**retry, "contentType": "application/json", "body": json.dumps({"error": "maintenance", "message": _TEXT})}
