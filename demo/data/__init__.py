"""What the demo's tables hold; each module defines one table, or a few that belong together."""
