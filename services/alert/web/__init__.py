"""The HTTP API of alert, in a process of its own."""
