"""Stories of saved methods: added, removed, renewed by their network, told of before they end; and
of bank accounts that are named on a gateway's own page."""
