"""The portal's pay pages."""
