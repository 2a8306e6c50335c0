"""What is published, as authors look it up: modules, the bank, every version."""
