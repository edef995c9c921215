"""Mail: composed here, then handed to a server or laid into a folder."""
