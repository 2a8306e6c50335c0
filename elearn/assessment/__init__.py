"""What is asked: question bank, papers, attempts, answers, grades."""
