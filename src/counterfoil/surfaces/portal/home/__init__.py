"""The portal's home pages."""
