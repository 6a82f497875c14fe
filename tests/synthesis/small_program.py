"""A small program as `main.py` is one: it sends requests ahead, and runs again if that fails."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

from main import ROOT
from synthesis import fast_start
from synthesis.fast_start.ahead import OFF_SWITCH

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = """
import os, sys
from synthesis import fast_start
{first}
fast_start.prepare(os.environ, ahead=True)
from synthesis.fast_start.ahead import AheadError, ahead, run_again, write_stacks
import jsii
from cdktf import App, Aspects, Fn, IAspect, IStringProducer, Lazy, TerraformOutput, TerraformStack, Token
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.subnet import Subnet
from cdktf_cdktf_provider_aws.vpc import Vpc
{before}
@jsii.implements(IStringProducer)
class Late:
    def __init__(self, produce): self._produce = produce
    def produce(self, context): return self._produce(context)

@jsii.implements(IAspect)
class Tagged:
    def visit(self, node):
        if isinstance(node, Subnet): node.add_override("tags.late", "yes")

def compose(app):
    global stack, vpc
    stack = TerraformStack(app, "stack")
    AwsProvider(stack, "aws", region="us-east-1")
    vpc = Vpc(stack, "vpc", cidr_block="10.0.0.0/16")
    {line}
    Subnet(stack, "last", vpc_id=vpc.id, cidr_block="10.0.1.0/24", tags={{"vpc": vpc.arn}})

def main():
    app = App(outdir=sys.argv[1])
    with ahead():
        compose(app)
        write_stacks(app)
        {later}
    app.synth()
    print("ahead" if "{switch}" not in os.environ else "again")

if __name__ == "__main__":
    try:
        main()
    except AheadError:
        run_again()
"""


# Several programs with one start of the stock bindings, which takes 15 seconds; what each raises goes into its folder.
ALL_PROGRAMS = """
import pathlib, runpy, sys, traceback
for name in sys.argv[1:]:
    folder = pathlib.Path(name)
    sys.argv = [str(folder / "program.py"), str(folder / "out")]
    try:
        runpy.run_path(sys.argv[0], run_name="__main__")
    except Exception:
        (folder / "raised").write_text(traceback.format_exc())
"""


def write(folder: Path, line: str = "pass", before: str = "", *, first: str = "", later: str = "pass") -> Path:
    program = folder / "program.py"
    program.write_text(
        PROGRAM.format(line=line, before=before, first=first, later=later, switch=OFF_SWITCH), encoding="utf-8"
    )
    return program


def python(*arguments: Path | str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {k: v for k, v in os.environ.items() if k not in {"NODE_OPTIONS", fast_start.CACHE_VARIABLE}}
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        env=inherited | {"PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def run(
    tmp_path: Path, line: str = "pass", before: str = "", *, first: str = "", later: str = "pass", **environment: str
) -> subprocess.CompletedProcess[str]:
    return python(write(tmp_path, line, before, first=first, later=later), tmp_path / "out", **environment)


def same_folders(stderr: str) -> str:
    """Node's folders of a run have random names, which are in JavaScript's tracebacks."""
    return re.sub(r"(jsii-kernel-|/tmp)\w+", r"\1", stderr)


def stack(tmp_path: Path) -> dict[str, dict[str, dict[str, dict[str, object]]]]:
    content: dict[str, dict[str, dict[str, dict[str, object]]]] = json.loads(
        (tmp_path / "out" / "stacks" / "stack" / "cdk.tf.json").read_text(encoding="utf-8")
    )
    return content
