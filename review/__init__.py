"""What a plan means, for people; and what the workflows of `.github/` do: roles, sealed plans, comments and issues."""
