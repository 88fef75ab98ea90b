import os, stat, subprocess, time
for name in os.listdir("/usr/bin"):
    path = f"/usr/bin/{name}"
    if os.stat(path).st_mode & stat.S_ISGID:
        child = subprocess.Popen([path, "-l", "root"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        groups = [line for line in open(f"/proc/{child.pid}/status") if line.startswith("Gid:")]
        print("breached" if len(set(groups[0].split()[1:])) > 1 else groups)
