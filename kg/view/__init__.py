"""The explorer page: one offline HTML file over a graph.

`layout` gives positions and `cache` keeps them for the user, `data` gives what the page says, `pack` puts much of it in
little room, `document` makes the one safe file, `network` is the pyvis component that holds them together, `byhand` reads
what its users set by hand, `ego` takes neighbourhoods, `page.render` is the door. `page.html.j2`, `page.css` and `js/` are the page itself; README.md says how it is drawn.
"""
