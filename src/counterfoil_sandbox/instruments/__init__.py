"""What pays here: test cards, test bank accounts and the sandbox wallet, and what each does."""
