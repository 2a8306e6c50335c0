"""The file shapes of questions and papers, and what is wrong with a file that has another."""
