"""The lines of a build in CloudWatch Logs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from moto.logs.models import logs_backends

from emulator.permissions import role_actions
from emulator.registry import REGISTRY

if TYPE_CHECKING:
    from emulator.builds.build import Build

_ACTIONS: Final = ("logs:CreateLogStream", "logs:PutLogEvents")
_CREATE_GROUP: Final = "logs:CreateLogGroup"


class LogDeniedError(Exception):
    """The role of the project may not write the log, and then nothing is built."""


def open_log(build: Build) -> None:
    """Create the log stream of a build; the caller has the lock.

    Raises:
        LogDeniedError: The role does not allow it.
    """
    group = build.log_group
    if group is None:
        return
    backend = logs_backends[build.account][build.region]
    allowed = role_actions(build.project["serviceRole"], (*_ACTIONS, _CREATE_GROUP))
    if not set(_ACTIONS) <= allowed or (group not in backend.groups and _CREATE_GROUP not in allowed):
        # https://repost.aws/knowledge-center/codebuild-access-denied-errors
        message = (
            f"ACCESS_DENIED: Service role {build.project['serviceRole']} does not allow AWS CodeBuild to create Amazon "
            f"CloudWatch Logs log streams for build {build.arn}. Error message: User is not authorized to perform: "
            "logs:CreateLogStream"
        )
        raise LogDeniedError(message)
    if group not in backend.groups:
        backend.create_log_group(group, {})
    backend.create_log_stream(group, build.log_stream)


def write(build: Build, line: str) -> None:
    """Write a line; the caller must not have the lock."""
    group = build.log_group
    if group is None or not line:
        return
    moment = int(datetime.now(tz=UTC).timestamp() * 1000)
    with REGISTRY.lock:
        backend = logs_backends[build.account][build.region]
        if group in backend.groups and build.log_stream in backend.groups[group].streams:
            backend.put_log_events(group, build.log_stream, [{"timestamp": moment, "message": line}])
