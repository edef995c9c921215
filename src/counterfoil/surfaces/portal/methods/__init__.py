"""What the customer has saved to pay with."""
