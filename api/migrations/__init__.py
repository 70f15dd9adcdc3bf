"""Takes a connection from `api.database`; gives the schema, one step after the other. Reads no setting."""
