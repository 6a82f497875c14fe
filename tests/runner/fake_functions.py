"""A fake `aws lambda invoke`, which answers for the functions of a test's project."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.runner.conftest import Project

_AWS = """#!{python} -IS
import json, os, sys
folder = {folder!r}
with open(os.path.join(folder, "aws-calls"), "a") as calls:
    calls.write(json.dumps(sys.argv[1:]) + "\\n")
answers = json.load(open(os.path.join(folder, "aws-answers")))
answer = answers.pop(0) if len(answers) > 1 else answers[0]
json.dump(answers, open(os.path.join(folder, "aws-answers"), "w"))
if isinstance(answer, str):
    sys.exit("An error occurred (" + answer + ") when calling the Invoke operation: no")
json.dump(answer, open(sys.argv[-1], "w"))
print(json.dumps({{"StatusCode": 200, **({{"FunctionError": "Unhandled"}} if "errorType" in answer else {{}})}}))
"""


def install(project: Project) -> None:
    """Put it on the PATH of the project."""
    aws = project.root / "bin" / "aws"
    aws.write_text(_AWS.format(python=sys.executable, folder=str(project.root / "fake")))
    aws.chmod(0o755)


def set_answers(project: Project, *each: dict[str, Any] | str) -> None:
    """What it answers, one after the other; a text is the code of an error of AWS. The last one is repeated."""
    (project.root / "fake" / "aws-answers").write_text(json.dumps(each))


def calls(project: Project) -> list[list[str]]:
    """The arguments of each call."""
    path = project.root / "fake" / "aws-calls"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def events(project: Project) -> list[dict[str, Any]]:
    """What the functions were called with."""
    return [json.loads(call[call.index("--payload") + 1]) for call in calls(project)]
