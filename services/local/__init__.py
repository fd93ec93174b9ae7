"""The whole line on one machine: supervisor, demo, and the local webhook receiver. Talks to the services as any user would."""
