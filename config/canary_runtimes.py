"""The runtimes of CloudWatch Synthetics that can run the scripts in canaries/, which are written in Python."""

from __future__ import annotations

import re
from typing import Annotated, Final

from pydantic import AfterValidator, WithJsonSchema

RUNTIMES: Final = (
    "syn-python-selenium-6.0",
    "syn-python-selenium-7.0",
    "syn-python-selenium-8.0",
    "syn-python-selenium-11.0",
    "syn-python-selenium-11.1",
    "syn-python-selenium-12.0",
    "syn-python-selenium-13.0",
    "syn-python-selenium-14.0",
)
"""Those that AWS supports, the newest last: add a newer one at the end.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Library_python_selenium.html
"""

DEPRECATED: Final = {
    "syn-python-selenium-5.1": "2026-02-03",
    "syn-python-selenium-5.0": "2026-02-03",
    "syn-python-selenium-4.1": "2026-02-03",
    "syn-python-selenium-4.0": "2026-02-03",
    "syn-python-selenium-3.0": "2026-01-22",
    "syn-python-selenium-2.1": "2026-01-22",
    "syn-python-selenium-2.0": "2024-03-08",
    "syn-python-selenium-1.3": "2024-03-08",
}
"""Those with which AWS creates no canary any more, since when.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Runtime_Support_Policy.html
"""

NEWEST: Final = RUNTIMES[-1]


def _runtime(value: str) -> str:
    if value in RUNTIMES:
        return value
    if since := DEPRECATED.get(value):
        message = f'is deprecated since {since}, and AWS creates no canary with it any more; use "{NEWEST}"'
    elif not re.fullmatch(r"syn-python-selenium-[0-9]+\.[0-9]+", value):
        message = f'is not a runtime of CloudWatch Synthetics for Python, in which the script is; use "{NEWEST}"'
    else:
        message = (
            f'is not a known runtime of CloudWatch Synthetics; use "{NEWEST}", or, if AWS has published it since, '
            "add it in config/canary_runtimes.py"
        )
    raise ValueError(message)


CanaryRuntime = Annotated[
    str, AfterValidator(_runtime), WithJsonSchema({"type": "string", "enum": list(reversed(RUNTIMES))})
]
"""A version of the runtime; Terraform and the provider accept any text."""
