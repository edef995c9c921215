"""SAML 2.0: a provider's metadata, what it is asked, and what its signed answers say."""
