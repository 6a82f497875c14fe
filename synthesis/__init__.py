"""From constructs to files: what is written appears whole or not at all."""
