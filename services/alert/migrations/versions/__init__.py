"""The steps of the alert store's schema, in the order of their numbers."""
