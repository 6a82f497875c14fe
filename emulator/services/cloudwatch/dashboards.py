"""Dashboards: moto accepts any JSON as the body of one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from emulator.errors import AwsError
from emulator.registry import Context, guard
from emulator.services.cloudwatch.dashboard_body import body_problems
from emulator.validate import check_call

if TYPE_CHECKING:
    from emulator.store import Shape

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html (Errors)
_INVALID = "InvalidParameterInput"


@guard("cloudwatch", "PutDashboard")
def refuse_invalid_dashboard(params: Shape, context: Context) -> None:
    """Refuse a name or a body that the documentation does not allow, with the places that are wrong.

    The message: https://github.com/pulumi/pulumi/issues/13059
    """
    check_call(params, context)
    name = params["DashboardName"]
    if not name.isascii() or not name.replace("-", "").replace("_", "").isalnum():
        message = f"The value {name} for field DashboardName contains invalid characters. "
        raise AwsError(
            code=_INVALID, message=f"{message}It can only contain alphanumerics, dash (-) and underscore (_)."
        )
    try:
        body = json.loads(params["DashboardBody"])
    except ValueError:
        raise AwsError(code=_INVALID, message="The field DashboardBody must be a valid JSON object") from None
    problems = [{"dataPath": path, "message": message} for path, message in body_problems(body)]
    if problems:
        listed = json.dumps(problems, indent=2)
        message = f"The dashboard body is invalid, there are {len(problems)} validation errors:\n{listed}"
        raise AwsError(code=_INVALID, message=message)
