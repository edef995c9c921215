"""The API at /api/v1/: JSON in, JSON out, one business per key, one translator of problems."""
