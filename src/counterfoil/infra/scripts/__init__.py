"""The scripts that our pages may load, with the hash of each, and what is compared with it."""
