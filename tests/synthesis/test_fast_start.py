# ruff: noqa: UP007, UP045 (the generated bindings write their hints as Optional and Union)
"""The fast start changes only how long a synthesis takes."""

from __future__ import annotations

import filecmp
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Optional, Union

import pytest

from main import ROOT
from synthesis import fast_start
from synthesis.fast_start import type_checks


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={k: v for k, v in os.environ.items() if k not in {"NODE_OPTIONS", fast_start.CACHE_VARIABLE}} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.mark.stock
@pytest.mark.seconds(20)
def test_output_is_the_same_to_the_byte_without_it(tmp_path: Path) -> None:
    fast = run("main.py", "--output", str(tmp_path / "fast"))
    stock = run("main.py", "--output", str(tmp_path / "stock"), STOCK_CDKTF="1")
    assert (fast.returncode, stock.returncode) == (0, 0), fast.stderr + stock.stderr
    names = files(tmp_path / "fast")
    assert len(names) > 2
    assert names == files(tmp_path / "stock")
    _, different, unreadable = filecmp.cmpfiles(tmp_path / "fast", tmp_path / "stock", names, shallow=False)
    assert (different, unreadable) == ([], [])


def test_only_the_modules_in_use_are_imported() -> None:
    program = (
        "import os, sys; from synthesis import fast_start; fast_start.prepare(os.environ);"
        "import cdktf_cdktf_provider_aws.vpc;"
        "print(sorted(m for m in sys.modules if m.startswith('cdktf_cdktf') and not m.endswith('._private')))"
    )
    result = run("-c", program)
    assert result.stdout.strip() == str(
        ["cdktf_cdktf_provider_aws", "cdktf_cdktf_provider_aws._jsii", "cdktf_cdktf_provider_aws.vpc"]
    ), result.stderr


def test_the_off_switch_leaves_everything_stock() -> None:
    program = (
        "import os; from synthesis import fast_start;"
        "print(fast_start.prepare(os.environ), 'NODE_OPTIONS' in os.environ)"
    )
    result = run("-c", program, STOCK_CDKTF="1", JSII_NODE="node")
    assert result.stdout.strip() == "False False", result.stderr


def test_a_call_that_comes_too_late_is_refused() -> None:
    program = (
        "import os, sys, types; sys.modules['cdktf_cdktf_provider_aws'] = types.ModuleType('x');"
        "from synthesis import fast_start; fast_start.prepare(os.environ)"
    )
    result = run("-c", program)
    assert "call fast_start.prepare() before the first binding" in result.stderr


def test_a_second_call_changes_nothing() -> None:
    before = dict(os.environ)
    assert fast_start.prepare(os.environ) is True
    assert dict(os.environ) == before


def test_the_node_of_the_lock_is_used_unless_the_user_chose_one() -> None:
    assert Path(os.environ["JSII_NODE"]).is_file()
    program = (
        "import os; from synthesis import fast_start; fast_start.prepare(os.environ); print(os.environ['JSII_NODE'])"
    )
    assert run("-c", program, JSII_NODE="/nowhere/node").stdout.strip() == "/nowhere/node"


def test_a_variable_that_changes_the_output_does_not_reach_node() -> None:
    program = "import os; from synthesis import fast_start; fast_start.prepare(os.environ); print(*os.environ)"
    hostile = {"CDKTF_CONTEXT_JSON": "{}", "SYNTH_HCL_OUTPUT": "1", "JSII_RUNTIME": "/x", "NODE_PATH": "/x"}
    result = run("-c", program, **hostile, CDKTF_OUTDIR="/y", NODE_OPTIONS="--max-old-space-size=64")
    found = set(result.stdout.split())
    assert not found & hostile.keys()
    assert {"CDKTF_OUTDIR", "NODE_OPTIONS", "JSII_NODE"} <= found
    off = run("-c", program, **hostile, STOCK_CDKTF="1")
    assert not set(off.stdout.split()) & hostile.keys(), off.stderr


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a", str),
        (1, int),
        (1, Optional[int]),
        (None, Optional[int]),
        (True, Union[bool, str]),
        (1.5, Union[int, float]),
    ],
)
def test_a_value_of_a_named_plain_type_passes(value: object, expected: object) -> None:
    type_checks.check_type("argument", value, expected)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, str),
        (None, str),
        ("a", Optional[int]),
        ([1], list[str]),
        ({"a": 1}, dict[str, str]),
        ("a", Union[bool, int]),
    ],
)
def test_a_value_of_another_type_is_still_refused(value: object, expected: object) -> None:
    with pytest.raises(TypeError, match="argument"):
        type_checks.check_type("argument", value, expected)


def test_a_changed_module_is_compiled_again(tmp_path: Path) -> None:
    module = tmp_path / "package" / "part.py"
    module.parent.mkdir()
    (tmp_path / "package" / "__init__.py").touch()
    program = (
        "import sys; sys.dont_write_bytecode = False; from synthesis.fast_start import bindings;"
        f"bindings.install('package'); sys.path.append({str(tmp_path)!r});"
        "import package.part as part; print(part.value, part.function.__annotations__['it'])"
    )
    for value in ("first", "second one"):
        module.write_text(f"value = {value!r}\ndef function(it: missing.Type[{value!r}]): ...\n", encoding="utf-8")
        for _ in range(2):
            assert run("-c", program).stdout.strip() == f"{value} missing.Type[{value!r}]"
        assert [path.suffixes for path in (module.parent / "__pycache__").glob("part.*")] == [
            [f".{sys.implementation.cache_tag}", ".opt-postponed", ".pyc"]
        ]


def test_an_archive_that_changed_is_read_again(tmp_path: Path) -> None:
    """Its digest is kept for its path, size and time; a wrong one would be the wrong package."""
    program = (
        "import os; from synthesis import fast_start; fast_start.prepare(os.environ);"
        "import cdktf; print(cdktf.Token.is_unresolved('x'))"
    )
    cache = {fast_start.CACHE_VARIABLE: str(tmp_path)}
    assert run("-c", program, **cache).stdout.strip() == "False"
    kept = next(tmp_path.glob("digest-cdktf@*.json"))
    before = kept.read_text(encoding="utf-8")
    kept.write_text(json.dumps({"key": "another time", "digest": "00"}), encoding="utf-8")
    assert run("-c", program, **cache).stdout.strip() == "False"
    assert kept.read_text(encoding="utf-8") == before
    kept.write_text("damaged", encoding="utf-8")
    assert run("-c", program, **cache).stdout.strip() == "False"
    assert kept.read_text(encoding="utf-8") == before


@pytest.mark.parametrize(("code", "expected"), [(0, 0), (None, 0), (2, 2), ("'a text'", 1)])
def test_the_end_of_the_process_has_the_status_and_all_of_the_output(code: object, expected: int) -> None:
    program = (
        "import atexit; from synthesis import fast_start; atexit.register(lambda: print('last'));"
        f"print('first', end=' '); fast_start.leave({code})"
    )
    result = run("-c", program)
    assert (result.stdout, result.returncode) == ("first last\n", expected)


def test_each_of_several_unnamed_values_is_still_checked() -> None:
    program = (
        "import os, typing; from synthesis import fast_start; fast_start.prepare(os.environ)\n"
        "import typeguard\n"
        "def _typecheckingstub__x(*names: 'typing.Optional[str]') -> None: ...\n"
        "hints = typing.get_type_hints(_typecheckingstub__x)\n"
        "for names in (('a', None), ('a', 7)):\n"
        "    typeguard.check_type(argname='names', value=names, expected_type=typing.Tuple[hints['names'], ...])\n"
        "    print('accepted', names)\n"
    )
    result = run("-c", program)
    assert result.stdout == "accepted ('a', None)\n"
    assert "type of names[1] must be one of (str, NoneType); got int instead" in result.stderr


def test_the_bindings_still_refuse_a_wrong_argument() -> None:
    program = (
        "import os; from synthesis import fast_start; fast_start.prepare(os.environ)\n"
        "from tests.template import new_stack\n"
        "from cdktf_cdktf_provider_aws.vpc import Vpc\n"
        "Vpc(new_stack(), 'vpc', cidr_block=7)\n"
    )
    result = run("-c", program)
    assert "type of argument cidr_block must be" in result.stderr
