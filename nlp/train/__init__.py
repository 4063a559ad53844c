"""What the models are trained from, and how."""
