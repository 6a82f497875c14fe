"""From constructs to files: the output folder is replaced completely or not at all."""
