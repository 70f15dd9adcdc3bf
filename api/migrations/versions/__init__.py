"""Takes the schema of the step before; gives the next one. One straight line: each file names the one before it."""
