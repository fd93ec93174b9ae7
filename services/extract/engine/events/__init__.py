"""Rules applied: each trigger gives a mention of an event of its type, or a reason why not."""
