from __future__ import annotations

from emulator import Emulator
from rehearsal.account import Account


def test_a_shell_is_given_all_that_terraform_is_given() -> None:
    with Emulator() as emulator:
        account = Account("900000000095", "eu-west-1", emulator)
        given = emulator.environment(account="900000000095", region="eu-west-1")
        assert given.items() <= account.exports().items()
        assert given.items() <= account.environ().items()
