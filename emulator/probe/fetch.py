"""`python -m emulator.probe.fetch`: fetches the AWS provider into the checkout, where there is no local mirror of it.

Terraform's cache is safe for one `init` at a time, and the programs that apply to the emulator share it:
https://developer.hashicorp.com/terraform/cli/config/config-file#provider-plugin-cache
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from console import program
from emulator.probe.terraform import PROVIDERS, Terraform, TerraformError


def main() -> int:
    """Fetch it; return the process's exit code."""
    required = {source.rpartition("/")[2]: {"source": source, "version": version} for source, version in PROVIDERS}
    with tempfile.TemporaryDirectory(prefix="providers-") as name:
        configuration = {"terraform": {"required_providers": required}}
        Path(name, "main.tf.json").write_text(json.dumps(configuration), encoding="utf-8")
        try:
            terraform = Terraform(Path(name), {})
            if terraform.fetches:
                terraform.run("init", "-no-color")
        except TerraformError as error:
            print(f"The provider cannot be fetched: {error}", file=sys.stderr)
            return 1
    print("The AWS provider is fetched." if terraform.fetches else "The AWS provider is in a local mirror.")
    return 0


if __name__ == "__main__":
    program.run_alone(main, module="emulator.probe.fetch", description=__doc__)
