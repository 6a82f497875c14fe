"""The workload that scales: one VPC and N subnets. `python -m benchmark.workload N FOLDER`."""

from __future__ import annotations

import argparse
import gc
import os

from synthesis import fast_start
from synthesis.fast_start.ahead import ahead

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmark.workload", description=__doc__)
    parser.add_argument("count", type=int, help="how many subnets")
    parser.add_argument("folder", help="where the output goes")
    options = parser.parse_args()
    # As main.py does it.
    if fast_start.prepare(os.environ, ahead=True):
        gc.disable()
    from cdktf import App, TerraformStack
    from cdktf_cdktf_provider_aws.provider import AwsProvider
    from cdktf_cdktf_provider_aws.subnet import Subnet
    from cdktf_cdktf_provider_aws.vpc import Vpc

    app = App(outdir=options.folder)
    with ahead():
        stack = TerraformStack(app, "workload")
        AwsProvider(stack, "aws", region="us-east-1")
        vpc = Vpc(stack, "vpc", cidr_block="10.0.0.0/8")
        for number in range(options.count):
            Subnet(
                stack,
                f"subnet-{number}",
                vpc_id=vpc.id,
                cidr_block=f"10.{number // 256}.{number % 256}.0/24",
                availability_zone="us-east-1a",
                tags={"Name": f"subnet-{number}"},
            )
    app.synth()
