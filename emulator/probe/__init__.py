"""The test bed: one configuration with every resource type that the emulator serves."""
