"""What a run does: decide (plan), act (run_loop, run_node), remember (journal), queue."""
