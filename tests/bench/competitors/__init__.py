"""The same 25 rules in other tools. Each file is a script that runs in an environment of its own."""
