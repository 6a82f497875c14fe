"""What watches and locks the account, and who may change it from GitHub."""
