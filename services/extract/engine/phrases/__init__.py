"""From words to who acts: noun phrases of states, organs, officials and people, and what an article has said of them before."""
