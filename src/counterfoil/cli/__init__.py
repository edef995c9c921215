"""The `counterfoil` command: demo, serve, worker, migrate and the tools for operators."""
