"""Pages after an attempt: marking essays, score reviews, key corrections."""
