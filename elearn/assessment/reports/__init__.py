"""What examinees say is wrong with a question."""
