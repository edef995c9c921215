"""The portal's payments pages."""
