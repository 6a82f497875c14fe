"""What the environment costs, and who learns that it costs more than it should."""
