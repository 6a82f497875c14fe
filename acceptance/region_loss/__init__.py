"""The rehearsal of a lost region: the emulator loses it, and docs/region-loss.md brings all data back."""
