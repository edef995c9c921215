"""Stories of saved methods: added, removed, renewed by their network, told of before they end."""
