"""The operators' console: the case log's checkpoints as web pages, served on this machine.

app.py          the application: all routes behind one gate
means.py        what every page works with: the office, the worker, who is signed in
gate.py         hosts, origins, sessions and headers: what is checked before any page is asked
access.py       sessions and one-time links    throttle.py    how often one may try to come in
door.py         the way in and out             words.py       Simplified Chinese and English, from words/*.toml
paper.py        templates, and how times, spans and sizes are written
news.py         server-sent events: something changed, look again
inbox.py        what waits for a person          case.py       one case, whole
decisions.py    approve, reject, take back       evidence.py   files and pictures of a case
export.py       a case's dossier                 courier.py    carries notices, to channels.py
editing.py      a change of a packet             acts.py       all else that is done with a case
batch.py        many packets at once             imports.py    many cases from a file
challenges.py   questions of sign-ins            live_view.py  the page that waits for a person, to see and touch
registers.py    stores and accounts
people.py       who works here                   dashboard.py  what became of it
notices.py      who is told                      signins.py    signing in because somebody asks for it
api.py          the same as JSON                 replies.py, openapi.py   what it answers, and its description
"""

from __future__ import annotations
