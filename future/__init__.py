"""The ways out of archived cdktf, walked with today's code: `make future`, and docs/leaving-cdktf.md.

- `cdktn`: the same code with renamed imports, on the fork of cdktf and its bindings of a newer AWS provider;
- `core`: today's bindings and provider on the core of the fork, which is laid under the name `cdktf`.

Each has an environment of its own. What it writes is compared with what today's packages write.
"""
