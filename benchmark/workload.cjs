// benchmark/workload.py in the bindings' own language, each submodule required separately: the lower bound of the engine.
"use strict";
const { App, TerraformStack } = require("cdktf");
const { AwsProvider } = require("@cdktf/provider-aws/lib/provider");
const { Subnet } = require("@cdktf/provider-aws/lib/subnet");
const { Vpc } = require("@cdktf/provider-aws/lib/vpc");

const [count, folder] = process.argv.slice(2);
const app = new App({ outdir: folder });
const stack = new TerraformStack(app, "workload");
new AwsProvider(stack, "aws", { region: "us-east-1" });
const vpc = new Vpc(stack, "vpc", { cidrBlock: "10.0.0.0/8" });
for (let number = 0; number < Number(count); number++) {
  new Subnet(stack, `subnet-${number}`, {
    vpcId: vpc.id,
    cidrBlock: `10.${Math.floor(number / 256)}.${number % 256}.0/24`,
    availabilityZone: "us-east-1a",
    tags: { Name: `subnet-${number}` },
  });
}
app.synth();
