"""The model: weights, labels, checksums, and the session that runs them."""
