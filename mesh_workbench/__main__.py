"""`python -m mesh_workbench` is the command `mesh`."""

from mesh_workbench.cli import main

if __name__ == "__main__":
    main()
