"""Turns one article into evidenced events. Stateless; its core is pure."""
