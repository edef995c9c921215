"""What a person of a customer does with their own access and particulars."""
