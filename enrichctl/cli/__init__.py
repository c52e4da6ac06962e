"""The command line: a folder or file per command, what they share, one boundary for errors."""
