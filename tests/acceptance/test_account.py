from __future__ import annotations

from acceptance.account import Account
from emulator import Emulator


def test_a_shell_gets_the_variables_that_terraform_gets() -> None:
    with Emulator() as emulator:
        account = Account("900000000095", "eu-west-1", emulator)
        given = emulator.environment(account="900000000095", region="eu-west-1")
        assert given.items() <= account.exports().items()
        assert given.items() <= account.environ().items()
