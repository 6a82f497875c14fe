"""What an environment may be: settings read from environments/*.toml, checked before anything is built."""
