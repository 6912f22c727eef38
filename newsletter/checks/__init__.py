"""What the preflight looks at, one module a kind of question. None of them asks more than it has to: a side panel shows
the answers whenever somebody opens a digest."""
