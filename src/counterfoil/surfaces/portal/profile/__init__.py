"""The portal's profile pages."""
