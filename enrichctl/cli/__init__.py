"""The command line: one file per command, one boundary for errors."""
