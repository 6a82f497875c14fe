"""The loss of a region: none of its endpoints answers, and nothing in it runs."""
