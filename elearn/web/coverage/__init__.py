"""The coverage pages of HR, leaders and the programme officer."""
