"""Takes sessions of `api.database`; gives what is stored and stores what is given. Every SQL statement is in here.

One file a subject, its tables in `api.storage.schema`. No function commits: who opened the session does.
"""
