"""Java archives of an image are in its SBOM, by the names that Maven has written into them."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from build_steps.commands import StepError
from build_steps.java_archives import java_components

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def archive(files: Mapping[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        for name, text in files.items():
            made.writestr(name, text)
    return content.getvalue()


def library(name: str, version: str = "1.0") -> bytes:
    text = f"#Created by Maven\ngroupId=org.example\nartifactId={name}\nversion={version}\n"
    return archive({f"META-INF/maven/org.example/{name}/pom.properties": text.encode(), "A.class": b"x"})


def save(folder: Path, *layers: Mapping[str, bytes]) -> Path:
    file = folder / "image.tar"

    def add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))

    with tarfile.open(file, "w") as saved:
        names = [f"blobs/{number}" for number in range(len(layers))]
        for name, files in zip(names, layers, strict=True):
            layer = io.BytesIO()
            with tarfile.open(fileobj=layer, mode="w:gz") as tar:
                for path, content in files.items():
                    add(tar, path, content)
            add(saved, name, layer.getvalue())
        add(saved, "manifest.json", json.dumps([{"Layers": names}]).encode())
    return file


def names(components: list[dict[str, Any]]) -> list[str]:
    return sorted(str(one["bom-ref"]) for one in components)


def test_an_archive_is_the_package_that_maven_has_named(tmp_path: Path) -> None:
    (found,) = java_components(save(tmp_path, {"app/lib/a.jar": library("a", "2.0+x"), "app/readme.txt": b"jar"}))
    assert found == {
        "type": "library",
        "bom-ref": "pkg:maven/org.example/a@2.0%2Bx",
        "group": "org.example",
        "name": "a",
        "version": "2.0+x",
        "purl": "pkg:maven/org.example/a@2.0%2Bx",
    }


def test_archives_in_an_archive_are_packages_too(tmp_path: Path) -> None:
    whole = archive({"BOOT-INF/lib/a.jar": library("a"), "BOOT-INF/lib/b.JAR": library("b")})
    assert names(java_components(save(tmp_path, {"app.war": whole}))) == [
        "pkg:maven/org.example/a@1.0",
        "pkg:maven/org.example/b@1.0",
    ]


@pytest.mark.parametrize("content", [archive({"A.class": b"x"}), b"no archive"])
def test_an_archive_without_a_name_is_a_file(tmp_path: Path, content: bytes) -> None:
    assert java_components(save(tmp_path, {"./opt/tools.jar": content})) == [
        {"type": "file", "bom-ref": "opt/tools.jar", "name": "opt/tools.jar"}
    ]


def test_what_a_later_layer_replaces_or_deletes_is_not_in_the_image(tmp_path: Path) -> None:
    first = {"lib/a.jar": library("a"), "lib/b.jar": library("b"), "old/c.jar": library("c")}
    second = {"lib/a.jar": library("a", "1.1"), "lib/.wh.b.jar": b"", ".wh.old": b""}
    assert names(java_components(save(tmp_path, first, second))) == ["pkg:maven/org.example/a@1.1"]


def test_another_file_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "image.tar"
    file.write_text("x")
    with pytest.raises(StepError, match=r"image\.tar is not a valid file of `docker save`"):
        java_components(file)
