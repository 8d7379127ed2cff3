"""Live pages: who waits for what, and one watcher for each process that notices changes and wakes them."""
