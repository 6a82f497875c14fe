"""The environment of every Terraform: built from the caller's, of which only what cannot change a plan is passed on.

A variable can select another workspace (`TF_WORKSPACE`), add arguments to each command (`TF_CLI_ARGS`), replace the
provider (`TF_REATTACH_PROVIDERS`), add tags to every resource (`TF_AWS_DEFAULT_TAGS_..`) or send calls elsewhere
(`AWS_ENDPOINT_URL`). So of the variables that Terraform, the AWS provider and the S3 backend read, all are left out but
those listed here, which say who calls and how: credentials, proxies, logs, the plugin cache. What they read:

- https://developer.hashicorp.com/terraform/cli/config/environment-variables
- https://developer.hashicorp.com/terraform/language/backend/s3
- https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs#environment-variables
- https://docs.aws.amazon.com/sdkref/latest/guide/environment-variables.html
- https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
- https://opentofu.org/docs/cli/config/environment-variables/
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from runner.errors import RunnerError

if TYPE_CHECKING:
    from collections.abc import Mapping

_READ: Final = ("TF_", "TERRAFORM_", "TOFU_", "AWS_", "CHECKPOINT_", "PYTHONSAFEPATH", "PYTHONHOME", "PYTHONINSPECT")
"""What Terraform reads; and Python, where Terraform is a Python package."""

_TERRAFORM: Final = re.compile(
    r"TF_(LOG(_(CORE|PROVIDER|PATH|SDK\w*))?|TOKEN_\w+|APPEND_USER_AGENT"
    r"|PLUGIN_CACHE_DIR|PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE"
    r"|REGISTRY_DISCOVERY_RETRY|REGISTRY_CLIENT_TIMEOUT|PROVIDER_DOWNLOAD_RETRY)"
)
_AWS: Final = re.compile(
    # who calls
    r"AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|CREDENTIAL_EXPIRATION|PROFILE|DEFAULT_PROFILE"
    r"|CONFIG_FILE|SHARED_CREDENTIALS_FILE|SDK_LOAD_CONFIG|ROLE_ARN|ROLE_SESSION_NAME|WEB_IDENTITY_TOKEN_FILE"
    r"|CONTAINER_CREDENTIALS_(RELATIVE|FULL)_URI|CONTAINER_AUTHORIZATION_TOKEN(_FILE)?"
    r"|EC2_METADATA_(DISABLED|V1_DISABLED|SERVICE_ENDPOINT|SERVICE_ENDPOINT_MODE)|STS_REGIONAL_ENDPOINTS|VAULT\w*"
    # how
    r"|CA_BUNDLE|MAX_ATTEMPTS|RETRY_MODE|USE_FIPS_ENDPOINT|USE_DUALSTACK_ENDPOINT"
    r"|EXECUTION_ENV|SDK_UA_APP_ID)"
)
_ENDPOINT: Final = re.compile(
    r"AWS_ENDPOINT_URL(_\w+)?"
    r"|(TF_)?AWS_(?!USE_FIPS|USE_DUALSTACK|EC2_METADATA_SERVICE|S3_US_EAST_1_REGIONAL)\w+_ENDPOINT"
)
_LOOPBACK: Final = re.compile(r"127(\.\d+){3}|localhost|::1")
_OF_AWS: Final = ".amazonaws.com"
_FIXED: Final = {"TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "CHECKPOINT_DISABLE": "1"}
_MEMORY: Final = ("GOGC", "GOMEMLIMIT")
_MORE_MEMORY: Final = {"GOGC": "400"}
"""Terraform and the provider spend a third of their processor time on the garbage of the provider's schema, of which
there is no more later. With 400 instead of 100 each takes about 150 MB more. https://go.dev/doc/gc-guide#GOGC
"""
_NO_OTHER_ENDPOINT: Final = {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}
"""An `endpoint_url` of a profile is not obeyed either. Not on the emulator, where it would hide the variables too."""

_ENCRYPTION: Final = "TF_ENCRYPTION"
_PROVIDERS: Final = re.compile(r"TF_(CLI_CONFIG_FILE|PLUGIN_MIRROR|PLUGIN_CACHE_\w+)|TERRAFORM_CONFIG")
_ACCOUNT: Final = ("AWS_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


def build(environ: Mapping[str, str]) -> dict[str, str]:
    """What of the caller's variables a Terraform gets, and what every Terraform of this project gets."""
    emulated = is_emulator(environ)
    passed = {name: value for name, value in environ.items() if _is_passed(name, emulated=emulated)}
    memory = {} if any(environ.get(name) for name in _MEMORY) else _MORE_MEMORY
    return passed | memory | _FIXED | ({} if emulated else _NO_OTHER_ENDPOINT)


def without_account(environ: Mapping[str, str]) -> dict[str, str]:
    """The caller's variables for a run on the emulator: how providers are found, but no account and no proxy."""
    return {
        name: value
        for name, value in environ.items()
        if _PROVIDERS.fullmatch(name) or (_is_passed(name, emulated=False) and not name.upper().startswith(_ACCOUNT))
    }


def require_aws(environ: Mapping[str, str]) -> None:
    """Refuse a variable that sends calls somewhere else than to AWS.

    To leave it out would be as wrong: whoever set it does not want AWS to be changed.

    Raises:
        RunnerError: There is one, and it is not of the emulator.
    """
    found = sorted(name for name, value in environ.items() if value and _ENDPOINT.fullmatch(name))
    if found and not is_emulator(environ):
        message = f"{found[0]}={environ[found[0]]} would send plans and states somewhere else than to AWS."
        raise RunnerError(
            message,
            f"Unset it (`unset {' '.join(found)}`); only all the variables that `make demo` prints, for the emulator "
            "on this machine, may name an endpoint.",
        )


def refuse_encryption(environ: Mapping[str, str]) -> None:
    """Refuse OpenTofu's encryption of states: without the variable it would write them unencrypted.

    Raises:
        RunnerError: It is set. https://opentofu.org/docs/language/state/encryption/
    """
    if environ.get(_ENCRYPTION):
        message = f"{_ENCRYPTION} is set, and states are not encrypted by OpenTofu here but by the bucket's key."
        raise RunnerError(message, f"Unset it (`unset {_ENCRYPTION}`); docs/state.md describes how a state is kept.")


def is_emulator(environ: Mapping[str, str]) -> bool:
    """Whether these are the variables that `make demo` prints.

    The server is on this machine, and the access key is an account: no key of AWS looks like one.
    """
    if not re.fullmatch(r"\d{12}", environ.get("AWS_ACCESS_KEY_ID", "")):
        return False
    hosts = {name: _host(value) for name, value in environ.items() if value and _ENDPOINT.fullmatch(name)}
    on_machine = {name for name, host in hosts.items() if _LOOPBACK.fullmatch(host)}
    # S3 Control's address cannot be an IP address, so the emulator is the proxy of AWS's own.
    elsewhere = [name for name in hosts.keys() - on_machine if not hosts[name].endswith(_OF_AWS)]
    return "AWS_ENDPOINT_URL" in on_machine and not elsewhere


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # not a URL
        return ""


def _is_passed(name: str, *, emulated: bool) -> bool:
    if not name.upper().startswith(_READ):
        return True
    return bool(_TERRAFORM.fullmatch(name) or _AWS.fullmatch(name) or (emulated and _ENDPOINT.fullmatch(name)))
