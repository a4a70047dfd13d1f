"""The vocabulary (blocks, graphs, runs, costs) and the stores, which hold the only queries."""
