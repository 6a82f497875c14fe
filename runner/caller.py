"""Whose credentials these are, asked once before anything else: Terraform's own answers come late and are long."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from runner.environment import is_emulator, require_aws
from runner.errors import FAILED, RunnerError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from synthesis.manifest import Stack

_LOGIN: Final = "Set AWS_PROFILE or AWS_ACCESS_KEY_ID and its secret, log in (`aws sso login`), then repeat."
_FILES: Final = ("AWS_CA_BUNDLE", "AWS_WEB_IDENTITY_TOKEN_FILE")
"""Variables that name a file which must be there."""
_LIBRARY: Final = frozenset({"boto3", "botocore"})
_CLOCK: Final = frozenset({"RequestTimeTooSkewed", "SignatureDoesNotMatch"})
_BUSY: Final = frozenset(
    {"InternalFailure", "RequestLimitExceeded", "ServiceUnavailable", "SlowDown", "Throttling", "ThrottlingException"}
)
_PROXIES: Final = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")


def require_caller(stacks: Mapping[str, Stack], *, region: str | None = None) -> None:
    """Refuse credentials that are missing, not valid or of another account, and an endpoint that does not answer.

    Where a role is assumed (`deploy_role_arn`), the caller may be of any account, and Terraform checks the role's.

    Args:
        stacks: The stacks that are worked on.
        region: Which one to ask in; that of the first of them by default, but that may be lost.

    Raises:
        RunnerError: The environment's account cannot be worked on like this, in one sentence.
    """
    stack = next(iter(stacks.values()))
    provider = next(iter(stack.providers), {})
    allowed = [str(each) for each in provider.get("allowed_account_ids") or ()]
    if not allowed:
        return
    require_aws(os.environ)
    _require_files()
    where = f"{stack.environment} is in account {allowed[0]}"
    try:
        caller = _ask(region or stack.region, where)
    except ModuleNotFoundError as error:
        if error.name not in _LIBRARY:
            raise
        return  # it is not part of what a synthesis needs
    if caller["Account"] not in allowed and not provider.get("assume_role"):
        message = f"Your credentials are of account {caller['Account']} ({caller['Arn']}), and {where}."
        file = f"environments/{stack.environment}.toml"
        raise RunnerError(message, f"Set AWS_PROFILE, or log in, for that account; or correct account_id in {file}.")


def _ask(region: str, where: str) -> dict[str, Any]:
    """What STS says of the caller: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html."""
    # It takes a third of a second to import.
    import botocore.exceptions as of_botocore  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    from preflight.account import error_code  # noqa: PLC0415
    from preflight.failures import NO_CREDENTIALS  # noqa: PLC0415
    from preflight.shell import shell_session  # noqa: PLC0415

    config = Config(connect_timeout=5, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 2})
    try:
        found: dict[str, Any] = shell_session().client("sts", region_name=region, config=config).get_caller_identity()
    except of_botocore.ProfileNotFound as error:
        message = f"AWS_PROFILE is not a profile of this machine: {error}; {where}."
        raise RunnerError(message, "`aws configure list-profiles` lists them.") from None
    except NO_CREDENTIALS as error:
        message = f"There are no valid AWS credentials in this shell ({type(error).__name__}); {where}."
        raise RunnerError(message, _LOGIN, exit_code=FAILED) from None
    except of_botocore.ClientError as error:
        raise _refused(error_code(error), error, where) from None
    except of_botocore.ProxyConnectionError:
        named = next((name for name in _PROXIES if os.environ.get(name)), "that is configured")
        message = f"The proxy {named} of this shell does not answer."
        raise RunnerError(message, "Correct it, or unset it, then repeat.", exit_code=FAILED) from None
    except (of_botocore.ConnectionError, of_botocore.HTTPClientError) as error:
        raise _silent(region, error) from None
    except (of_botocore.BotoCoreError, ValueError) as error:
        message = f"The AWS settings of this shell cannot be used: {error}"
        raise RunnerError(message, "Correct the variables of AWS and the files that they name, then repeat.") from None
    return found


def _refused(code: str, error: Exception, where: str) -> RunnerError:
    """https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html."""
    if code in _CLOCK:
        message = f"AWS refuses the signature of this shell ({code}): {error}"
        remedy = "Set the clock of this machine, and check the secret key, then repeat."
        return RunnerError(message, remedy, exit_code=FAILED)
    if code in _BUSY:
        return RunnerError(f"AWS does not answer now ({code}): {error}", "Repeat in a minute.", exit_code=FAILED)
    return RunnerError(f"AWS refuses the credentials of this shell ({code}); {where}.", _LOGIN, exit_code=FAILED)


def _silent(region: str, error: Exception) -> RunnerError:
    if is_emulator(os.environ):
        url = os.environ["AWS_ENDPOINT_URL"]
        names = " ".join(sorted(name for name in os.environ if name.startswith("AWS_")))
        return RunnerError(
            f"Nothing answers at AWS_ENDPOINT_URL={url}: the demo has ended.",
            f"Start it again and run the `export` that it prints, or leave it: unset {names} HTTP_PROXY http_proxy",
            exit_code=FAILED,
        )
    message = f"AWS does not answer in {region}: {error}"
    return RunnerError(message, "Check the network and the proxy of this shell, then repeat.", exit_code=FAILED)


def _require_files() -> None:
    for name in _FILES:
        value = os.environ.get(name)
        if value and not Path(value).exists():
            message = f"{name}={value} is not there."
            raise RunnerError(message, f"Correct it, or unset {name}, then repeat.")
