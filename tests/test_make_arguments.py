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
    done = make(*arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert done.stdout == ""


def settings(name: str = "SETTINGS") -> set[str]:
    """The words of a list in the Makefile."""
    (listed,) = re.findall(rf"^{name} := ((?:.*\\\n)*.*)", MAKEFILE.read_text(encoding="utf-8"), re.MULTILINE)
    return set(listed.replace("\\\n", " ").split())


def test_every_setting_of_the_makefile_is_known() -> None:
    set_by_users = set(re.findall(r"^([A-Z_]+) \?=", MAKEFILE.read_text(encoding="utf-8"), re.MULTILINE))
    assert settings() == set_by_users | {"NAME", "REGION"}


def test_a_setting_of_the_shell_is_not_obeyed() -> None:
    """ENV is also the file that sh reads, PORT that of many programs; YES=1 would apply without a question."""
    goals = (
        "synth",
        "plan",
        "apply",
        "destroy",
        "unlock",
        "rotate",
        "sleep",
        "demo",
        "report",
        "logs",
        "tunnel",
        "cost",
    )
    given = dict.fromkeys(settings() - settings("OF_SHELL"), "dev")
    for goal in goals:
        arguments = ("-n", goal, *(() if goal in {"synth", "demo", "report", "cost"} else ("ENV=prod",)))
        assert make(*arguments, **given).stdout == make(*arguments).stdout, goal


def test_an_environment_of_the_shell_is_said_not_to_be_obeyed() -> None:
    told = "ENV is missing. For example: make plan ENV=dev"
    assert told + "\n" in make("plan").stderr
    assert told + " (ENV of your shell is not obeyed)\n" in make("plan", ENV="dev").stderr


@pytest.mark.parametrize("name", ["PARALLEL", "SKIP_DELEGATION_CHECK"])
def test_what_a_shell_may_say_is_passed_on(name: str) -> None:
    assert make("-n", "apply", "ENV=dev", **{name: "3"}).stdout != make("-n", "apply", "ENV=dev").stdout


@pytest.mark.parametrize("flag", ["-i", "-t", "-e", "-ik", "--ignore-errors"])
@pytest.mark.parametrize("how", ["argument", "MAKEFLAGS", "GNUMAKEFLAGS"])
def test_a_flag_of_make_that_would_go_on_after_an_error_is_refused(flag: str, how: str) -> None:
    done = make("-n", "synth", flag) if how == "argument" else make("-n", "synth", **{how: flag})
    assert done.returncode == 2
    assert f"make -{flag.strip('-')[0]} would " in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("flags", ["", "-k", "-s", "-j4", "--no-print-directory", "ENV=dev", "-k ENV=dev"])
def test_other_flags_of_make_are_taken(flags: str) -> None:
    assert make("-n", "synth", MAKEFLAGS=flags).returncode == 0


def test_options_of_pytest_are_passed_on_and_said() -> None:
    said = "pytest also gets PYTEST_ADDOPTS of your shell: -x\n"
    assert make("-n", "unit", PYTEST_ADDOPTS="-x").stdout.count(said) == 1
    assert said not in make("-n", "synth", PYTEST_ADDOPTS="-x").stdout


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
        "PYTEST_PLUGINS",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD",
        "MYPYPATH",
        "RUFF_OUTPUT_FORMAT",
        "BASH_ENV",
        "CDPATH",
    ],
)
def test_what_the_shell_says_of_the_programs_is_left_out(name: str) -> None:
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
