"""What is kept, how long, and what goes when it is gone at its source."""
