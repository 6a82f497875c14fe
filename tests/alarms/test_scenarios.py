"""Every alarm of the JSON, in every scenario."""
