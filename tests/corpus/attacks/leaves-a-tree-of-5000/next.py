import os
print(*["breached" for n in range(50) if os.path.lexists(f"/runs/{n}") and f"/runs/{n}" != os.getcwd()])
