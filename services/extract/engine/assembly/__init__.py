"""From mentions to events: what tells of one occurrence is joined, its fields filled, its contract kept."""
