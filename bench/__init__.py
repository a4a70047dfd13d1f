"""The work of docs/performance.md, measured: ours, the floor under it and, on request, a peer."""
