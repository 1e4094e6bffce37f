"""From words to what they stand for: who, when, where, how many."""
