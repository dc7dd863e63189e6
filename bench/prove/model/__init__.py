"""The model check: the real case log and engine, with a server, a network and people that do their worst."""
