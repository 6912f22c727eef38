"""The demo: an invented network of associations, its stories, pictures and documents."""

# Everybody's, in the demo.
PASSWORD = "demo-newsroom"
