"""What a digest says, and what is looked at before it is sent."""
