"""`python -m counterfoil_simulator`: the same as `counterfoil simulate`."""

from counterfoil_simulator.command import main

main()
