"""Work on what strangers wrote, in processes with limits of memory, time and output: `pool.run_bounded`."""
