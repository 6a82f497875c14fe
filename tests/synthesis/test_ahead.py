"""Requests that are sent ahead change no output and no error."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from main import ROOT
from synthesis import fast_start
from synthesis.fast_start.ahead import OFF_SWITCH
from tests.synthesis.small_program import ALL_PROGRAMS, python, run, same_folders, stack, write
from tests.synthesis.written import tree

if TYPE_CHECKING:
    from pathlib import Path


def test_a_run_without_errors_is_not_repeated(tmp_path: Path) -> None:
    done = run(tmp_path)

    assert (done.stdout, done.returncode) == ("ahead\n", 0), done.stderr
    subnet = stack(tmp_path)["resource"]["aws_subnet"]["last"]
    assert subnet["vpc_id"] == "${aws_vpc.vpc.id}"
    assert subnet["tags"] == {"vpc": "${aws_vpc.vpc.arn}"}


def test_more_requests_than_a_pipe_holds_are_answered(tmp_path: Path) -> None:
    many = '[Subnet(stack, f"s-{n}", vpc_id=vpc.id, cidr_block="10.0.2.0/24") for n in range(400)]'
    done = run(tmp_path, many)

    assert (done.stdout, done.returncode) == ("ahead\n", 0), done.stderr
    assert len(stack(tmp_path)["resource"]["aws_subnet"]) == 401


def test_one_request_may_be_larger_than_a_pipe(tmp_path: Path) -> None:
    done = run(tmp_path, 'Subnet(stack, "large", vpc_id=vpc.id, tags={"text": "x" * 300_000})')

    assert (done.stdout, done.returncode) == ("ahead\n", 0), done.stderr
    assert stack(tmp_path)["resource"]["aws_subnet"]["large"]["tags"] == {"text": "x" * 300_000}


MISTAKES = {
    # The first: its message has the number of a token, which Node counts from its start.
    "own error": 'raise ValueError(f"no {vpc.id}")',
    "wrong type": 'Subnet(stack, "a", vpc_id=vpc.id, cidr_block=7)',
    "unknown argument": 'Subnet(stack, "a", vpc_id=vpc.id, cidr="10.0.2.0/24")',
    "missing argument": 'Subnet(stack, "a")',
    "duplicate id": 'Vpc(stack, "vpc", cidr_block="10.1.0.0/16")',
    "wrong scope": 'Subnet(None, "a", vpc_id=vpc.id)',
    "token used as another type": 'Subnet(stack, "a", vpc_id=[vpc.id])',
    "wrong override": "stack.add_override(7, 8)",
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_an_error_has_the_line_and_message_that_it_has_without_it(mistake: str, tmp_path: Path) -> None:
    ahead = run(tmp_path, MISTAKES[mistake])
    waiting = run(tmp_path, MISTAKES[mistake], **{OFF_SWITCH: "1"})

    assert waiting.returncode == 1
    assert "AheadError" not in ahead.stderr
    assert (ahead.stdout, same_folders(ahead.stderr)) == (waiting.stdout, same_folders(waiting.stderr))
    assert MISTAKES[mistake] in ahead.stderr


@pytest.fixture(scope="module")
def stock_errors(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The traceback of each mistake, with the stock bindings."""
    folders = {mistake: tmp_path_factory.mktemp("stock") for mistake in MISTAKES}
    for mistake, folder in folders.items():
        write(folder, MISTAKES[mistake])
    done = python("-c", ALL_PROGRAMS, *folders.values(), STOCK_CDKTF="1")
    assert done.returncode == 0, done.stderr
    return {mistake: (folder / "raised").read_text(encoding="utf-8") for mistake, folder in folders.items()}


@pytest.mark.stock
@pytest.mark.xdist_group("stock")  # in one process, so that they start once
@pytest.mark.seconds(3)
@pytest.mark.parametrize("mistake", MISTAKES)
def test_an_error_has_the_line_and_message_of_the_stock_bindings(
    mistake: str, tmp_path: Path, stock_errors: dict[str, str]
) -> None:
    def essence(stderr: str) -> tuple[list[str], str]:
        frames = re.findall(r'program\.py", line \d+, in \w+', stderr)
        return frames, stderr.strip().splitlines()[-1]

    fast = run(tmp_path, MISTAKES[mistake])
    frames, _ = found = essence(fast.stderr)

    assert len(frames) == 2
    assert found == essence(stock_errors[mistake])


def test_an_answer_that_was_not_expected_repeats_the_run(tmp_path: Path) -> None:
    wrong = "import jsii; jsii.kernel.provider._pipe.next_object += 5"
    done = run(tmp_path, before=f"if not os.environ.get('{OFF_SWITCH}'):\n    {wrong}")

    assert (done.stdout, done.returncode) == ("again\n", 0), done.stderr
    assert stack(tmp_path)["resource"]["aws_subnet"]["last"]["vpc_id"] == "${aws_vpc.vpc.id}"


def test_terraforms_functions_return_tokens_of_each_type(tmp_path: Path) -> None:
    line = (
        'digits = Fn.parseint(Fn.sha256(vpc.id), 16); zones = Fn.split(",", vpc.arn);'
        'Subnet(stack, "a", vpc_id=Fn.element(zones, 0), map_public_ip_on_launch=True,'
        'tags={"n": Token.as_string(digits), "path": vpc.node.path, "id": vpc.node.id, "where": vpc.friendly_unique_id,'
        '"type": vpc.terraform_resource_type, "stack": TerraformStack.of(vpc).node.id, "out": App.of(vpc).outdir});'
        'Vpc(stack, "b", ipv4_netmask_length=Token.as_number(digits))'
    )
    (tmp_path / "ahead").mkdir()
    done = run(tmp_path / "ahead", line)
    found = tree(tmp_path / "ahead" / "out")
    waiting = run(tmp_path / "ahead", line, **{OFF_SWITCH: "1"})

    assert (done.stdout, done.returncode) == ("ahead\n", 0), done.stderr
    assert waiting.returncode == 0, waiting.stderr
    assert found == tree(tmp_path / "ahead" / "out")
    assert "parseint" in found["stacks/stack/cdk.tf.json"]


def test_a_node_that_ends_at_once_is_reported_by_jsii(tmp_path: Path) -> None:
    node = tmp_path / "node"
    node.write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")
    node.chmod(0o755)
    done = run(tmp_path, JSII_NODE=str(node))

    assert done.returncode == 1
    assert "AheadError" not in done.stderr.strip().splitlines()[-1]


def test_a_node_that_cannot_run_jsiis_program_where_it_is_installed_gets_a_copy(tmp_path: Path) -> None:
    node = tmp_path / "node"
    node.write_text(
        f'#!/bin/sh\ncase "$*" in *lib__program.js*) exit 3;; esac\nexec "{os.environ["JSII_NODE"]}" "$@"\n',
        encoding="utf-8",
    )
    node.chmod(0o755)
    done = run(tmp_path, JSII_NODE=str(node))

    assert (done.stdout, done.returncode) == ("again\n", 0), done.stderr
    assert stack(tmp_path)["resource"]["aws_subnet"]["last"]["vpc_id"] == "${aws_vpc.vpc.id}"


def test_a_class_that_its_constructor_could_call_back_is_waited_for(tmp_path: Path) -> None:
    own = "class Own(TerraformStack):\n    def to_string(self): return 'own'"
    done = run(tmp_path, 'Own(stack, "own")', before=own)

    assert (done.stdout, done.returncode) == ("ahead\n", 0), done.stderr


def test_pipes_of_one_page_do_not_block(tmp_path: Path) -> None:
    small = "import synthesis.fast_start.pipe; synthesis.fast_start.pipe._WIDEST_PIPE = 4096"
    many = '[Subnet(stack, f"s-{n}", vpc_id=vpc.id, cidr_block="10.0.2.0/24") for n in range(400)]'
    done = run(tmp_path, many, first=small)

    assert (done.stdout, done.returncode) == ("ahead\n", 0), done.stderr


def test_an_error_is_shown_where_standard_output_is_closed(tmp_path: Path) -> None:
    run(tmp_path, MISTAKES["duplicate id"])
    environ = {k: v for k, v in os.environ.items() if k not in {"NODE_OPTIONS", fast_start.CACHE_VARIABLE}}
    command = [str(word) for word in (sys.executable, tmp_path / "program.py", tmp_path / "out")]
    closed = subprocess.run(
        ["/bin/sh", "-c", 'exec "$@" >&-', "sh", *command],
        env=environ | {"PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=300,
    )

    assert "There is already a Construct with name 'vpc'" in closed.stderr
    assert "NoneType" not in closed.stderr


def test_a_debugger_stays_in_the_first_run(tmp_path: Path) -> None:
    mistake = 'print("composing"); raise ValueError("no")'
    run(tmp_path, mistake)
    environ = {k: v for k, v in os.environ.items() if k not in {"NODE_OPTIONS", fast_start.CACHE_VARIABLE}}
    debugged = subprocess.run(
        [sys.executable, "-m", "pdb", "-c", "continue", str(tmp_path / "program.py"), str(tmp_path / "out")],
        env=environ | {"PYTHONPATH": str(ROOT)},
        input="q\n",
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert debugged.stdout.count("composing\n") == 1, debugged.stderr
    assert "post mortem" in debugged.stdout


# Runs the platform's program, as a part of which it can be changed before.
PLATFORM = """
import os, runpy, sys
from synthesis.fast_start.provider import AheadProvider
{change}
sys.argv = [sys.argv[1], "--output", sys.argv[2]]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
WAITS = """
stock = AheadProvider._wait
def wait(self, name, request):
    if self._is_on: print("waited:", name, request, file=sys.stderr)
    return stock(self, name, request)
AheadProvider._wait = wait
"""
REFUSES_A_SECOND_RUN = """
def refuse(*_): raise SystemExit("the run would be repeated")
os.execve = refuse
"""


def platform(tmp_path: Path, change: str) -> subprocess.CompletedProcess[str]:
    return python("-c", PLATFORM.format(change=change), ROOT / "main.py", tmp_path / "out")


def test_the_platform_waits_for_no_answer_while_it_composes(tmp_path: Path) -> None:
    """Each wait is for all that Node still has to do; see `synthesis/fast_start/ahead.py` for what is known before."""
    done = platform(tmp_path, WAITS)

    assert done.returncode == 0, done.stderr
    assert [line for line in done.stderr.splitlines() if line.startswith("waited:")] == []


def test_the_platform_is_synthesized_without_a_second_run(tmp_path: Path) -> None:
    done = platform(tmp_path, REFUSES_A_SECOND_RUN)

    assert done.returncode == 0, done.stderr
