"""Gateways: one folder each, behind the port in `kernel.ports.gateways`."""
