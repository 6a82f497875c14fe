from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.emulator.conftest import Client


def test_a_secure_parameter_with_an_unknown_key_is_refused(client: Client) -> None:
    parameter = {"Name": "/secret", "Value": "x", "Type": "SecureString"}
    client("ssm").put_parameter(**parameter, KeyId="alias/aws/ssm")

    with pytest.raises(ClientError, match=r"InvalidKeyId.*Invalid keyId alias/none"):
        client("ssm").put_parameter(**parameter, KeyId="alias/none", Overwrite=True)
