import os
print(["breached" for n in range(50) if os.path.lexists(f"/work/{n}") and f"/work/{n}" != os.getcwd()])
