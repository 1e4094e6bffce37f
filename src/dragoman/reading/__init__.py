"""Text in, offsets out: sentences, words, trees, names and mentions of acts."""
