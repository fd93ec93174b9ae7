"""Alert: links events to developments, decides novelty, tells the world. Owns the store."""
