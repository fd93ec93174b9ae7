"""From characters to known words: the language of a text, words of the lexicon, sentences, verbs of several words, dates."""
