"""How long synthesis takes and how much memory: stock cdktf, ours, and TypeScript as the floor of this engine."""
