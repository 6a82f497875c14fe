"""What Node loads differently, of the bindings in use and of those of the fork (docs/leaving-cdktf.md)."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from main import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PRELOAD = ROOT / "synthesis" / "fast_start" / "preload.cjs"
HEAD = "exports.vpc = exports.wafv2 = void 0;\n"
IMPORT_STAR = "const __importStar = (module) => module;\n"


def node(tmp_path: Path, file: str, text: str, expression: str) -> subprocess.CompletedProcess[str]:
    """Load the file with the preload, and print an expression of its exports, `it`."""
    path = tmp_path / "node_modules" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    for name in ("vpc", "wafv2"):
        module = path.parent / name / "index.js"
        module.parent.mkdir(exist_ok=True)
        module.write_text(f"globalThis.loaded = [...(globalThis.loaded ?? []), '{name}'];", encoding="utf-8")
    program = f"const it = require({str(path)!r}); console.log(JSON.stringify({expression}))"
    return subprocess.run(
        [os.environ["JSII_NODE"], "--require", str(PRELOAD), "--eval", program],
        env={key: value for key, value in os.environ.items() if key != "NODE_OPTIONS"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    "line",
    [
        'exports.{name} = require("./{name}");',
        'exports.{name} = __importStar(require("./{name}"));',
        'exports.{name} = __importStar(require("./{name}/index"));',
    ],
)
def test_a_module_of_the_provider_is_loaded_when_it_is_first_read(tmp_path: Path, line: str) -> None:
    index = IMPORT_STAR + HEAD + "\n".join(line.format(name=name) for name in ("vpc", "wafv2"))
    expression = "[Object.keys(it), globalThis.loaded ?? [], it.vpc && globalThis.loaded]"
    result = node(tmp_path, "@cdktf/provider-aws/lib/index.js", index, expression)
    assert result.stdout.strip() == '[["vpc","wafv2"],[],["vpc"]]', result.stderr


@pytest.mark.parametrize(
    ("index", "named"),
    [
        (HEAD + 'exports.vpc = require("./vpc");\nObject.assign(exports, require("./wafv2"));', "Object.assign"),
        (HEAD + 'exports.vpc = load("vpc");', "no line"),
    ],
)
def test_an_index_of_another_form_is_refused_and_not_loaded_as_a_whole(tmp_path: Path, index: str, named: str) -> None:
    result = node(tmp_path, "@cdktf/provider-aws/lib/index.js", index, "1")
    assert result.returncode == 1
    assert (
        f"its re-exports are not of the form that synthesis/fast_start/preload.cjs makes lazy ({named}" in result.stderr
    )
    assert "STOCK_CDKTF=1" in result.stderr


def test_no_stack_trace_is_captured_by_either_function(tmp_path: Path) -> None:
    expression = "[it.captureStackTrace(), it.captureCreationStack()]"
    result = node(tmp_path, "cdktf/lib/tokens/private/stack-trace.js", "throw new Error('stock');", expression)
    assert result.stdout.strip() == "[[],[]]", result.stderr
