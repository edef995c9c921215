"""The business's brand, people, gateways and keys."""
