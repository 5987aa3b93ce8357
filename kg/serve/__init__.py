"""SPARQL 1.1 endpoint, pages and search over one graph folder.

`index` keeps the graph on disk, `worker` runs what `operations` can do in processes that can be killed, `app` speaks
HTTP. Queries are untrusted: read-only, without SERVICE, with limits on time, memory, rows and bytes.
"""
