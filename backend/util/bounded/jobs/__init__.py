"""What the processes can do, one kind of work a module, each with `answer(request)`."""
