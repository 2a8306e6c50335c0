"""Pages of trainers and reviewers."""
