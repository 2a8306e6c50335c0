"""elearn: training, assessment and proof of training in administrative reform."""

__version__ = "0.1.0"
