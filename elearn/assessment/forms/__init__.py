"""What forms are drawn from: enemy sets, kept pools, and forms made ahead for rounds and paper."""
