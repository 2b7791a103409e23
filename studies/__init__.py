"""What joins the parts: one project on disk, comparisons that need adapters, the demo.

Each package below owns its section of the configuration and its own work; here
they meet. Nothing in here parses a command line or draws a page.
"""
