"""Takes articles in: HTTP push, files, feeds. An article is accepted only when the broker has confirmed it."""
