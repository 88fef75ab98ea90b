chmod 755 . && echo breached >left
