"""The rehearsal of a lost region: the emulator loses it, and the commands of docs/recovery.md bring all data back."""
