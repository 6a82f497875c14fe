"""An output folder as synthesis writes it, made by a test in as little JSON as its readers need."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


def write_stack(
    output: Path,
    id_: str,
    *needs: str,
    protected: bool = False,
    document: dict[str, Any] | None = None,
    environment: str = "dev",
    layer: str | None = None,
) -> Path:
    """Add a stack that reads the state of those it needs; all but `state` come after it. Returns its folder."""
    folder = output / "stacks" / id_
    folder.mkdir(parents=True)
    name = id_.removeprefix(f"{environment}-")
    content = document or {
        "//": {"metadata": identity(environment=environment, layer=layer or name, name=name, protect_data=protected)},
        "data": {
            "terraform_remote_state": {
                f"input-{need}": {"config": backend(need.removeprefix(f"{environment}-"))} for need in needs
            }
        },
        "provider": {"aws": [{"region": "us-east-1"}]},
        "terraform": {
            "backend": {"s3": backend(name)},
            "required_providers": {"aws": {"source": "aws", "version": "5.100.0"}},
        },
    }
    (folder / "cdk.tf.json").write_text(json.dumps(content), encoding="utf-8")
    manifest = output / "manifest.json"
    listed: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8") if manifest.exists() else '{"stacks": {}}')
    first = [] if name == "state" else [f"{environment}-state"]
    listed["stacks"][id_] = {"workingDirectory": f"stacks/{id_}", "dependencies": [*first, *needs]}
    manifest.write_text(json.dumps(listed), encoding="utf-8")
    return folder


def identity(**fields: Any) -> dict[str, Any]:
    """What a stack says of itself."""
    return {"project": "acme", "environment": "dev", "region": "us-east-1", "protect_data": False, **fields}


def backend(name: str) -> dict[str, str]:
    """Where the state of the stack of that name is."""
    return {"bucket": "the-bucket", "key": f"{name}/terraform.tfstate"}
