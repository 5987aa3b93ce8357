"""The explorer page: one offline HTML file over a graph.

`layout` gives positions, `data` gives what the page says, `document` makes the one safe file, `network` is the pyvis
component that holds them together, `page.render` is the door. `page.html.j2`, `page.css` and `js/` are the page itself.
"""
