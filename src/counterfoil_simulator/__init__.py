"""The simulator: whole lives of payments through the real flows, while everything around them
breaks."""
