"""What people, banks and machines do in a life: each module is a door, each function prepares an
act, or gives none where there is nothing to do."""
