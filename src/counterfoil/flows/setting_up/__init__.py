"""Setting a business up: founding it, and connecting the gateways that it charges by."""
