"""The Python file that makes a resource."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from compliance.sources import Source, Sources
from main import ROOT
from synthesis.manifest import read_stacks
from synthesis.template import Resource

if TYPE_CHECKING:
    from pathlib import Path


def test_every_resource_has_a_file_that_imports_its_binding(output: Path) -> None:
    finder = Sources(ROOT)
    texts: dict[str, list[str]] = {}
    wrong = []
    for stack in read_stacks(output).values():
        for resource in stack.all():
            source = finder.find(stack.layer, resource)
            if source is None:
                wrong.append(f"{stack.id}/{resource.address}: none")
                continue
            if source.file not in texts:
                texts[source.file] = (ROOT / source.file).read_text(encoding="utf-8").splitlines()
            lines = texts[source.file]
            binding = f"cdktf_cdktf_provider_aws.{resource.kind.removeprefix('aws_')} "
            is_bound = resource.kind == "terraform_data" or any(binding in line for line in lines)
            if not is_bound or "(" not in lines[source.line - 1]:
                wrong.append(f"{stack.id}/{resource.address}: {source.file}:{source.line}")
    assert wrong == []
    assert len(texts) > 50


def write(folder: Path, **files: str) -> Sources:
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return Sources(folder, ["."])


def made(path: str, kind: str = "aws_subnet") -> Resource:
    return Resource(kind=kind, name="x", arguments={"//": {"metadata": {"path": path}}})


BINDING = "from cdktf_cdktf_provider_aws.subnet import Subnet\n"
CONSTRUCT = BINDING + "class {}({}):\n    def __init__(self):\n        Subnet(self, {})\n"


@pytest.mark.parametrize(
    ("path", "file"),
    [
        ("stack/left/literal", "a"),
        ("stack/right/literal", "b"),
        ("stack/right/zone-7", "b"),
        ("stack/child/literal", "a"),
    ],
)
def test_of_several_files_it_is_the_one_whose_ids_are_in_the_path(tmp_path: Path, path: str, file: str) -> None:
    sources = write(
        tmp_path,
        a=CONSTRUCT.format("Left", "Construct", '"literal"') + 'class Child(Left): pass\nChild(stack, "child")\n',
        b=CONSTRUCT.format("Right", "Construct", '"literal"') + '        Subnet(self, f"zone-{number}")\n',
        main='Left(stack, "left")\nRight(stack, id_="right")\n',
    )
    found = sources.find("network", made(path))
    assert found is not None
    assert found.file == f"{file}.py"


@pytest.mark.parametrize(("path", "file"), [("stack/zone-7", "b"), ("stack/other", "a")])
def test_an_id_that_is_partly_known_counts_more_than_one_that_may_be_anything(
    tmp_path: Path, path: str, file: str
) -> None:
    sources = write(tmp_path, a=f"{BINDING}Subnet(x, name)\n", b=f'{BINDING}Subnet(x, f"zone-{{number}}")\n')
    found = sources.find("network", made(path))
    assert found is not None
    assert found.file == f"{file}.py"


def test_a_file_that_is_not_python_and_a_resource_without_a_path_do_no_harm(tmp_path: Path) -> None:
    sources = write(tmp_path, a=CONSTRUCT.format("One", "Construct", "name"), broken="def (", empty="")
    assert sources.find("network", Resource(kind="aws_subnet", name="x", arguments={})) == Source("a.py", 4)
    assert sources.find("network", Resource(kind="aws_subnet", name="x", arguments={"//": "text"})) == Source("a.py", 4)
    assert sources.find("network", made("stack/x", kind="aws_vpc")) is None
    assert Sources(tmp_path, ["nowhere"]).find("network", made("stack/x")) is None
