"""Short texts to mobile numbers: handed to a service, or laid into a folder."""
