"""The operators' console: the case log's checkpoints as web pages, served on this machine.

app.py          the application: all routes behind one gate
means.py        what every page works with: the office, the worker, who is signed in
gate.py         hosts, origins, sessions and headers: what is checked before any page is asked
access.py       people, roles and their rights; sessions and one-time links
words.py        Simplified Chinese and English, from words/*.toml
paper.py        templates, and how times, spans and sizes are written
news.py         server-sent events: something changed, look again
inbox.py        what waits for a person          case.py       one case, whole
decisions.py    approve, reject, take back       evidence.py   files and pictures of a case
"""

from __future__ import annotations
