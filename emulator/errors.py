"""The ways in which a call fails: AWS refuses it, or the emulator cannot answer it."""

from http import HTTPStatus

from moto.core.exceptions import ServiceException


class AwsError(ServiceException):
    """An error that AWS itself would return, with its code and message."""

    def __init__(self, *, code: str, message: str, status: HTTPStatus | None = None) -> None:
        """Use a code from the service's list of errors, and AWS's own message; the status is 400 if it is not given."""
        super().__init__(code, message)
        self.status = status or HTTPStatus.BAD_REQUEST


class DeniedError(AwsError):
    """The refusal of a call without permission, in the form that the service gives it."""

    def __init__(self, *, protocol: str, message: str = "Access Denied") -> None:
        """Use the code and the status of the protocol.

        https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html, and "Common Errors" of the others.
        """
        json_code = "AccessDeniedException"
        code = {"ec2": "UnauthorizedOperation", "json": json_code, "rest-json": json_code}.get(protocol, "AccessDenied")
        super().__init__(code=code, message=message)
        self.status = HTTPStatus.BAD_REQUEST if protocol == "json" else HTTPStatus.FORBIDDEN


class UnansweredError(Exception):
    """Neither the emulator nor moto can answer the call: the dispatcher returns a gap with this message."""


class EmulatorGapError(ServiceException):
    """The emulator does not have this operation; the caller's configuration is not the cause."""

    code = "EmulatorGap"


class EmulatorFaultError(ServiceException):
    """The emulator failed: a bug in moto or in this package."""

    code = "EmulatorFault"
