"""Every shape that crosses a boundary of Musafaha: topics, API, webhooks. Imports pydantic and the standard library only.

Start with `schemas.event` (what an event is), then `schemas.topics` (what flows where). Not here: any behaviour.
"""
