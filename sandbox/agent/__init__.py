"""What runs inside a sandbox container: a supervisor (PID 1) and a zygote that forks the programs.

Standard library only: the image holds these files and a Python, nothing else of ours.
"""
