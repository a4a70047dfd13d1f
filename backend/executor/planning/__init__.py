"""The parts of the plan, all pure: what a graph compiles to, and how values meet in a run.

Compiling, in this order: components (cycles), feedback (state), scopes (items), reach (who holds whom), marks.
Running: items, lanes (order and slots of a node), table and pairing (joins), settling (collects), leftovers.
"""
