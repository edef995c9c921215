"""The Swiss QR-bill: its payment part with receipt, as values, as its code, and as a sheet."""
