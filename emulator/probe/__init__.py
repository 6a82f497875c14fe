"""The test configuration with every resource type that the emulator supports."""
