"""The demo: an invented network of associations, its stories, pictures and documents."""
