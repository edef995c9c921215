"""Two people for what matters: requests that wait for the word of a second member of staff."""
