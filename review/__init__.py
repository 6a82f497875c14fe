"""What the workflows of `.github/` do: rows of plans for people, roles to assume, sealed plans, comments and issues."""
