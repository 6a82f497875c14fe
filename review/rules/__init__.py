"""What a plan means: one rule a file, each a pure function over the changes of one plan."""
