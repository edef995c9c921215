"""Single sign-on: providers are connected by staff, and believed within limits."""
