from __future__ import annotations

from acceptance.account import Account
from emulator import Emulator
from runner.environment import build, require_aws
from tests.runner.test_environment import EMULATOR


def test_a_shell_gets_the_variables_that_terraform_gets() -> None:
    with Emulator() as emulator:
        account = Account("900000000095", "eu-west-1", emulator)
        given = emulator.environment(account="900000000095", region="eu-west-1")
        assert given.items() <= account.exports().items()
        assert given.items() <= account.environ().items()
        assert EMULATOR.keys() == account.exports().keys() - {"AWS_REGION", "CHECKPOINT_DISABLE"}


def test_terraform_in_that_shell_calls_the_emulator_and_nothing_else() -> None:
    with Emulator() as emulator:
        exports = Account("900000000095", "eu-west-1", emulator).exports()
        require_aws(exports)
        assert build(exports)["AWS_ENDPOINT_URL"] == emulator.url
