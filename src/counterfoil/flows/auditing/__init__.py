"""Whether anything was bent: the trail is sealed, and the pay page is watched."""
