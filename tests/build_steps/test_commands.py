from __future__ import annotations

import sys

import pytest

from build_steps import commands
from build_steps.commands import CommandError, StepError


def test_a_failed_program_is_reported_by_its_last_line() -> None:
    with pytest.raises(CommandError) as failed:
        commands.run(
            sys.executable, "-c", "import sys; sys.exit('first\\nAn error occurred (Denied) when calling: no\\n')"
        )
    assert str(failed.value).endswith("failed: An error occurred (Denied) when calling: no")
    assert failed.value.code == "Denied"


def test_a_program_that_is_not_installed_is_reported() -> None:
    with pytest.raises(StepError, match=r"^`no-such-program` is not installed; use an image of CodeBuild that has it$"):
        commands.run("no-such-program")


def test_a_step_ends_with_one_line() -> None:
    def step() -> None:
        raise StepError(commands.variable("NO_SUCH_VARIABLE"))

    with pytest.raises(SystemExit) as ended:
        commands.main(step)
    assert ended.value.code == (
        "error: the variable NO_SUCH_VARIABLE is not set, which the layer `delivery` does; apply that layer again"
    )
