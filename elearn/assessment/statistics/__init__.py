"""What answers tell of questions and papers: facility, discrimination, reliability, drift."""
