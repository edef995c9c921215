"""Stories over several nouns, or with the network in them. Thin: they join, they do not decide."""
