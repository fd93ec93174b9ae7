"""The reading engine: pure functions from text to events. Knows no language; all words come from `services/extract/lang`."""
