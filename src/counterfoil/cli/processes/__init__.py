"""Processes that end with us: the watcher, what it holds, and who restarts what dies."""
