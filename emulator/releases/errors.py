"""Why a deployment ends without success."""

from __future__ import annotations


class DeploymentError(Exception):
    """A deployment fails, with the code and the message that CodeDeploy's `errorInformation` has.

    https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_ErrorInformation.html
    """

    status = "Failed"

    def __init__(self, *, code: str, message: str) -> None:
        """Use a code of that page."""
        super().__init__(message)
        self.code = code
        self.message = message


class StoppedError(DeploymentError):
    """A person or an alarm has stopped it."""

    status = "Stopped"
