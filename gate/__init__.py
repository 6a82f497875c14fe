"""What every change must pass, as `make gate` and `.ci/run` run it: its steps, their times, and the limit of these."""
