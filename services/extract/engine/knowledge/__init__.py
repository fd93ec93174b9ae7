"""What a language knows, as data and compiled: words, forms, rules, states, people, and which states are watched."""
