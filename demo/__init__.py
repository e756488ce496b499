"""The demo: an embedded engine, a pool of users and tables of data, from one command."""
