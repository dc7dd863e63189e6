"""The kinds of widgets: each file sets one kind, waits for it, and reads it back. They know libraries, never sites."""
