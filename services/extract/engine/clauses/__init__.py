"""How the words of a clause stand to a trigger: who does what to whom, and whether it happened at all."""
