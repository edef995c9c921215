"""OpenID Connect: a provider's description, its keys, and what its tokens say."""
