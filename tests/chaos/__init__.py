"""Kills every role at random while articles flow, and compares what the world was told with a run without kills: `make chaos`."""
