"""The portal's invoices pages."""
