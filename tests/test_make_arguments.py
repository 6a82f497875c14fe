"""What a user types after `make`: a mistake is answered in its words, and the shell's variables change nothing."""

from __future__ import annotations

import os
import re
import subprocess

import pytest

from main import ROOT

MAKEFILE = ROOT / "Makefile"
PRINT = "include Makefile\nprinted:\n\t@env\n"


def make(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))} | variables
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],  # noqa: S607
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )


def exported(**variables: str) -> dict[str, str]:
    """The variables that a recipe's programs get."""
    done = subprocess.run(
        ["make", "--no-print-directory", "-f", "-", "printed"],  # noqa: S607
        input=PRINT,
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("plna",), "'plna' is not a target: did you mean 'make plan'? 'make help' lists them."),
        (("xyzzy",), "'xyzzy' is not a target: 'make help' lists them."),
        (("dev",), "'dev' is not a target: it is an environment, so write ENV=dev."),
        (("plan",), "ENV is missing. For example: make plan ENV=dev"),
        (("-n", "plan", "env=dev"), "'env=dev' is not a setting of this Makefile; write ENV=dev."),
        (
            ("-n", "synth", "ENVIRONMENT=dev"),
            "'ENVIRONMENT=dev' is not a setting of this Makefile; it takes: ENV LAYER",
        ),
    ],
)
def test_a_mistake_is_answered_in_one_line(arguments: tuple[str, ...], says: str) -> None:
    done = make(*arguments, ENV="")
    assert done.returncode == 2
    assert says in done.stderr
    assert done.stdout == ""


def test_every_setting_of_the_makefile_is_known() -> None:
    text = MAKEFILE.read_text(encoding="utf-8")
    (listed,) = re.findall(r"^SETTINGS := ((?:.*\\\n)*.*)", text, re.MULTILINE)
    set_by_users = set(re.findall(r"^([A-Z_]+) \?=", text, re.MULTILINE)) | {"NAME", "REGION"}
    assert set(listed.replace("\\\n", " ").split()) == set_by_users


@pytest.mark.parametrize(
    "name",
    [
        "PYTHONPATH",
        "PYTHONHOME",
        "PYTHONSAFEPATH",
        "PYTHONOPTIMIZE",
        "PYTHONWARNINGS",
        "PYTHONINSPECT",
        "PYTHONSTARTUP",
        "PYTHONDONTWRITEBYTECODE",
        "PIP_TARGET",
        "PIP_PREFIX",
        "PIP_DRY_RUN",
        "PIP_NO_DEPS",
    ],
)
def test_what_the_shell_says_of_python_and_pip_is_left_out(name: str) -> None:
    assert name not in exported(**{name: "1"})


@pytest.mark.parametrize(
    "name", ["PIP_INDEX_URL", "PIP_PROXY", "PIP_CERT", "PYTHONIOENCODING", "HTTPS_PROXY", "LC_ALL"]
)
def test_where_packages_come_from_and_how_to_print_is_kept(name: str) -> None:
    assert exported(**{name: "C"})[name] == "C"


def test_pip_does_not_install_for_the_user() -> None:
    assert exported(PIP_USER="1")["PIP_USER"] == "0"


def test_the_name_of_an_environment_is_not_that_of_the_machine() -> None:
    done = make("-n", "new-environment", NAME="laptop")
    assert "laptop" not in done.stdout
