"""What surrounds the flows and can break: time, the database, the gateway's line, chance itself."""
